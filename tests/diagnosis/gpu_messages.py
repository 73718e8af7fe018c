"""What drivers, platforms and torch print when there is no graphics processor, or computing on it fails."""

from __future__ import annotations

from tests.diagnosis.tracebacks import traceback_of

CUDA_TAIL = (
    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below "
    "might "
    "be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\nCompile with "
    "`TORCH_USE_CUDA_DSA` to "
    "enable device-side assertions.\n"
)
OLD_DRIVER = (
    "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver by "
    "downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx "
    "Alternatively, go to: https://pytorch.org to install a PyTorch version that has been compiled with your "
    "version of the CUDA driver."
)

GPU: dict[str, tuple[str, ...]] = {
    # No graphics processor
    "zero_gpu_quota": (
        "gradio_client.exceptions.AppError: You have exceeded your ZeroGPU runs limit. Authenticate with a "
        "Hugging Face token for more quota",
        "Space app has reached its GPU limit. Try re-running outside of examples",
        "You have too many ZeroGPU credits allocated to running tasks. Try again once some have completed.",
        "AppError: The requested GPU duration (300s) is larger than the maximum allowed",
        "ZeroGPU illegal duration! The requested GPU duration (300s) is larger than the maximum allowed",
        "gradio.exceptions.Error: 'You have exceeded your GPU quota (60s requested vs. 56s left). <a "
        'style="white-space: nowrap" href="https://huggingface.co/join">Create a free account</a> to get '
        "more "
        "usage quota.'",
        "You have exceeded your GPU quota (46s left vs. 60s requested). Sign-up on Hugging Face to get more "
        "quotas "
        "or retry in 0:09:48.",
        "ZeroGPU quota exceeded. Try again in 0:05:00",
        "gradio_client.exceptions.AppError: You have exceeded your free ZeroGPU quota",
    ),
    "zero_gpu_busy": ("gradio.exceptions.Error: 'No GPU was available after 60s. Retry later'",),
    "zero_gpu_aborted": (
        "gradio_client.exceptions.AppError: GPU task aborted",
        "ZeroGPU worker error RuntimeError",
    ),
    "zero_gpu_misused": (
        "RuntimeError: Low-level CUDA init reached. Have you checked the stacktrace?",
        "RuntimeError: CUDA has been initialized before importing the `spaces` package",
        traceback_of(
            "RuntimeError: CUDA must not be initialized in the main process on Spaces with Stateless GPU "
            "environment.\nYou can look at this Stacktrace to find out which part of your code triggered a "
            "CUDA init"
        ),
        "No @spaces.GPU function detected during startup",
    ),
    "driver_too_old": (
        "RuntimeError: CUDA error: the provided PTX was compiled with an unsupported toolchain.",
        traceback_of(f"RuntimeError: {OLD_DRIVER}"),
        "/usr/lib/python3/torch/cuda/__init__.py:182: UserWarning: CUDA initialization: " + OLD_DRIVER,
        "RuntimeError: CUDA error: CUDA driver version is insufficient for CUDA runtime version",
        "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 804: forward compatibility was "
        "attempted "
        "on non supported HW",
        "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please update your "
        "driver",
    ),
    "driver_out_of_step": (
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.1",
    ),
    "driver_missing": (
        "pynvml.NVMLError_LibraryNotFound: NVML Shared Library Not Found",
        "pynvml.NVMLError_LibraryNotFound",
        traceback_of(
            "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU "
            "and "
            "installed a driver from http://www.nvidia.com/Download/index.aspx"
        ),
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the "
        "latest "
        "NVIDIA driver is installed and running.",
        "OSError: libcuda.so.1: cannot open shared object file: No such file or directory",
        "bash: nvidia-smi: command not found",
    ),
    "container_without_gpu": (
        "nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown",
        "docker: Error response from daemon: unknown or invalid runtime name: nvidia.",
        'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].',
        "Failed to initialize NVML: Unknown Error",
    ),
    "no_gpu_visible": (
        "cuInit: CUDA_ERROR_NO_DEVICE",
        "hipErrorNoDevice",
        traceback_of("RuntimeError: No CUDA GPUs are available", "torch._C._cuda_init()"),
        "RuntimeError: CUDA error: no CUDA-capable device is detected\n" + CUDA_TAIL,
        traceback_of(
            "RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() "
            "is "
            "False. If you are running on a CPU-only machine, please use torch.load with "
            "map_location=torch.device('cpu') to map your storages to the CPU."
        ),
        "RuntimeError: No HIP GPUs are available",
    ),
    "no_such_gpu": (
        "RuntimeError: CUDA error: invalid device ordinal\n" + CUDA_TAIL,
        "RuntimeError: Attempting to deserialize object on CUDA device 1 but torch.cuda.device_count() is 1.",
    ),
    "torch_without_cuda": (
        "RuntimeError: Cannot access accelerator device when none is available.",
        traceback_of("AssertionError: Torch not compiled with CUDA enabled"),
        "NotImplementedError: Could not run 'aten::empty.memory_format' with arguments from the 'CUDA' "
        "backend.",
    ),
    # Computing on the graphics processor
    "card_not_supported": (
        traceback_of(
            "RuntimeError: CUDA error: no kernel image is available for execution on the device\n" + CUDA_TAIL
        ),
        "RuntimeError: CUDA error: device kernel image is invalid",
        "UserWarning: \nNVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the "
        "current "
        "PyTorch installation.\nThe current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_90.",
    ),
    "amd_card_not_supported": (
        "hipLaunchKernel: Returned hipErrorInvalidDeviceFunction",
        "RuntimeError: HIP error: no kernel image is available for execution on the device",
        "rocBLAS error: Cannot read /opt/rocm/lib/rocblas/library/TensileLibrary.dat: Illegal seek for GPU "
        "arch : gfx1103",
        traceback_of(
            "RuntimeError: HIP error: invalid device function\nHIP kernel errors might be asynchronously "
            "reported "
            "at some other API call, so the stacktrace below might be incorrect.\nFor debugging consider "
            "passing "
            "AMD_SERIALIZE_KERNEL=3\nCompile with `TORCH_USE_HIP_DSA` to enable device-side assertions."
        ),
        "hipErrorNoBinaryForGpu: Unable to find code object for all current devices!",
    ),
    "cuda_library_missing": (
        "Unable to load any of {libcudnn_ops.so.9.1.0, libcudnn_ops.so.9.1, libcudnn_ops.so.9, "
        "libcudnn_ops.so}",
        "ImportError: libcudart.so.12: cannot open shared object file: No such file or directory",
        "ImportError: /v/torch/lib/../../nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: "
        "__nvJitLinkComplete_12_4, version libnvJitLink.so.12",
        "Could not load library libcudnn_cnn_infer.so.8. Error: libnvrtc.so: cannot open shared object file",
    ),
    "cuda_failed": (
        "RuntimeError: CUDA error: unspecified launch failure",
        "RuntimeError: CUDA error: misaligned address",
        "RuntimeError: CUDA error: an illegal instruction was encountered",
        "RuntimeError: CUDA error: uncorrectable ECC error encountered",
        "RuntimeError: CUDA error: unknown error",
        "HSA_STATUS_ERROR_INVALID_ISA: The instruction set architecture is invalid.",
        traceback_of("RuntimeError: CUDA error: an illegal memory access was encountered\n" + CUDA_TAIL),
        "RuntimeError: CUDA error: device-side assert triggered\n" + CUDA_TAIL,
        "RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
        "RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "Memory access fault by GPU node-1 (Agent handle: 0x55d) on address 0x7f. Reason: Page not present.",
    ),
    "apple_not_supported": (
        "RuntimeError: MPS does not support cumsum op with int64 input",
        "MPSNDArray.mm:705: failed assertion `[MPSTemporaryNDArray initWithDevice:descriptor:] Error: "
        "product of dimension sizes > 2**31'",
        "NotImplementedError: Output channels > 65536 not supported at the MPS device. As a temporary fix, "
        "you can "
        "set the environment variable `PYTORCH_ENABLE_MPS_FALLBACK=1`",
        "NotImplementedError: The operator 'aten::_fft_r2c' is not currently implemented for the MPS device.",
        "TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support "
        "float64.",
    ),
    "mixed_formats": (
        "RuntimeError: mat1 and mat2 must have the same dtype, but got Float and Half",
        traceback_of("RuntimeError: expected scalar type Half but found Float"),
        "RuntimeError: expected m1 and m2 to have the same dtype, but got: c10::Half != float",
        "RuntimeError: Input type (torch.cuda.HalfTensor) and weight type (torch.cuda.FloatTensor) should "
        "be the same",
        "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, "
        "cuda:0 and cpu!",
        "RuntimeError: \"LayerNormKernelImpl\" not implemented for 'Half'",
    ),
}
"""By the entry that is to recognise it."""
