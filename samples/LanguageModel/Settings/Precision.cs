namespace LanguageModel;

/// <summary>What the network computes in; its params stay float32.</summary>
internal enum Precision
{
    Fp32,
    Bf16,
    Fp16,
}
