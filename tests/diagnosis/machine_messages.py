"""What systems, drivers and libraries print when a machine, or what is installed on it, fails."""

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

MACHINE: dict[str, tuple[str, ...]] = {
    # What the system refuses
    "disk_full": (
        traceback_of("OSError: [Errno 28] No space left on device"),
        "RuntimeError: [enforce fail at inline_container.cc:664] . unexpected pos 64 vs 0\n"
        "OSError: [Errno 122] Disk quota exceeded: '/home/u/.gainstage/sounds/ab.npy'",
        "UserWarning: Not enough free disk space to download the file. The expected file size is: 9500.12 "
        "MB. "
        "The target location /data/hub only has 120.00 MB free disk space.",
        "Workload evicted, storage limit exceeded (50G)",
    ),
    "read_only": (
        traceback_of("OSError: [Errno 30] Read-only file system: '/app/.gainstage'"),
        "mkdir: cannot create directory '/models': Read-only file system",
    ),
    "gpu_not_permitted": (
        "Unable to open /dev/kfd read-write: Permission denied\nFailed to get user name to check for video "
        "group",
        "Failed to initialize NVML: Insufficient Permissions",
        traceback_of("PermissionError: [Errno 13] Permission denied: '/dev/nvidia0'"),
    ),
    "cache_not_writable": (
        traceback_of("PermissionError: [Errno 13] Permission denied: '/.cache/huggingface'"),
        traceback_of(
            "PermissionError: [Errno 13] Permission denied: "
            "'C:\\\\Users\\\\u\\\\.cache\\\\huggingface\\\\hub\\\\models--facebook--x\\\\refs\\\\main'"
        ),
        "There was a problem when trying to write in your cache folder "
        "(/nonexistent/.cache/huggingface/hub). "
        "You should set the environment variable TRANSFORMERS_CACHE to a writable directory.",
        "OSError: PermissionError at /root/models/facebook when downloading facebook/musicgen-small. Check "
        "cache "
        "directory permissions. Common causes: 1) another user is downloading the same model (please wait)",
    ),
    "numba_cache": (
        traceback_of(
            "RuntimeError: cannot cache function '__shear_dense': no locator available for file "
            "'/usr/local/lib/python3.11/site-packages/librosa/util/utils.py'"
        ),
    ),
    "permission_denied": (
        traceback_of("PermissionError: [Errno 13] Permission denied: './models/llamacpp/'"),
        "PermissionError: [Errno 1] Operation not permitted: '/data/song.wav'",
        "bash: /srv/models/run.sh: Permission denied",
    ),
    "too_many_files": (traceback_of("OSError: [Errno 24] Too many open files: '/tmp/gainstage-x/in-0.npy'"),),
    # Memory
    "cuda_out_of_memory": (
        traceback_of(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 22.78 GiB. GPU 0 has a total "
            "capacity of "
            "31.47 GiB of which 12.73 GiB is free. Including non-PyTorch memory, this process has 18.73 GiB "
            "memory "
            "in use. Of the allocated memory 9.08 GiB is allocated by PyTorch, and 9.35 GiB is reserved by "
            "PyTorch "
            "but unallocated. If reserved but unallocated memory is large try setting "
            "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation."
        ),
        "RuntimeError: CUDA out of memory. Tried to allocate 12.50 MiB (GPU 0; 10.92 GiB total capacity; "
        "8.57 MiB "
        "already allocated; 9.28 GiB free; 4.68 MiB cached)",
        "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "RuntimeError: CUDA error: out of memory\n" + CUDA_TAIL,
    ),
    "hip_out_of_memory": (
        traceback_of(
            "torch.OutOfMemoryError: HIP out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total "
            "capacity of "
            "7.98 GiB of which 1.02 GiB is free. Of the allocated memory 5.90 GiB is allocated by PyTorch"
        ),
    ),
    "mps_out_of_memory": (
        traceback_of(
            "RuntimeError: MPS backend out of memory (MPS allocated: 18.02 GB, other allocations: 107.10 "
            "MB, max "
            "allowed: 18.13 GB). Tried to allocate 4.50 MB on private pool. Use "
            "PYTORCH_MPS_HIGH_WATERMARK_RATIO=0.0 to disable upper limit for memory allocations (may cause "
            "system "
            "failure)."
        ),
    ),
    "killed_for_memory": (
        "ACE-Step 1.5 ended in the middle of its work (signal SIGKILL).",
        "[ 8143.551] Out of memory: Killed process 4117 (python) total-vm:28519020kB, anon-rss:15200112kB",
        "Memory cgroup out of memory: Killed process 31 (python3)",
        "Killed",
        "./start.sh: line 3:    17 Killed                  python -m streamlit run app.py",
        "The container exited with code 137",
        "Hey there! Your app on Streamlit Cloud has gone over its resource limits.",
        "subprocess.CalledProcessError: Command '['python', 'make.py']' returned non-zero exit status 137.",
        "subprocess.CalledProcessError: Command '['python', 'make.py']' died with <Signals.SIGKILL: 9>.",
    ),
    "shared_memory": (
        "RuntimeError: DataLoader worker (pid 71) is killed by signal: Bus error. It is possible that "
        "dataloader's "
        "workers are out of shared memory. ERROR: Unexpected bus error encountered in worker. This might be "
        "caused "
        "by insufficient shared memory (shm).",
        "RuntimeError: unable to open shared memory object </torch_7_1> in read-write mode",
        "MusicGen ended in the middle of its work (signal SIGBUS).",
    ),
    "out_of_memory": (
        traceback_of("MemoryError"),
        traceback_of(
            "RuntimeError: [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate "
            "memory: you tried to allocate 40000000000000 bytes. Error code 12 (Cannot allocate memory)"
        ),
        traceback_of(
            "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 3.55 PiB for an array with shape "
            "(1000000000000000,) and data type float32"
        ),
        "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc",
        "OSError: [Errno 12] Cannot allocate memory",
        "RuntimeError: could not create a primitive",
        "OSError: The paging file is too small for this operation to complete. (os error 1455)",
    ),
    # No graphics processor
    "zero_gpu_quota": (
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
        traceback_of(
            "RuntimeError: CUDA must not be initialized in the main process on Spaces with Stateless GPU "
            "environment.\nYou can look at this Stacktrace to find out which part of your code triggered a "
            "CUDA init"
        ),
        "No @spaces.GPU function detected during startup",
    ),
    "driver_too_old": (
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
        'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].',
        "Failed to initialize NVML: Unknown Error",
    ),
    "no_gpu_visible": (
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
        traceback_of("AssertionError: Torch not compiled with CUDA enabled"),
        "NotImplementedError: Could not run 'aten::empty.memory_format' with arguments from the 'CUDA' "
        "backend.",
    ),
    # Computing on the graphics processor
    "card_not_supported": (
        traceback_of(
            "RuntimeError: CUDA error: no kernel image is available for execution on the device\n" + CUDA_TAIL
        ),
        "UserWarning: \nNVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the "
        "current "
        "PyTorch installation.\nThe current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_90.",
    ),
    "amd_card_not_supported": (
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
        "ImportError: libcudart.so.12: cannot open shared object file: No such file or directory",
        "ImportError: /v/torch/lib/../../nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: "
        "__nvJitLinkComplete_12_4, version libnvJitLink.so.12",
        "Could not load library libcudnn_cnn_infer.so.8. Error: libnvrtc.so: cannot open shared object file",
    ),
    "cuda_failed": (
        traceback_of("RuntimeError: CUDA error: an illegal memory access was encountered\n" + CUDA_TAIL),
        "RuntimeError: CUDA error: device-side assert triggered\n" + CUDA_TAIL,
        "RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
        "RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "Memory access fault by GPU node-1 (Agent handle: 0x55d) on address 0x7f. Reason: Page not present.",
    ),
    "apple_not_supported": (
        "NotImplementedError: Output channels > 65536 not supported at the MPS device. As a temporary fix, "
        "you can "
        "set the environment variable `PYTORCH_ENABLE_MPS_FALLBACK=1`",
        "NotImplementedError: The operator 'aten::_fft_r2c' is not currently implemented for the MPS device.",
        "TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support "
        "float64.",
    ),
    "mixed_formats": (
        traceback_of("RuntimeError: expected scalar type Half but found Float"),
        "RuntimeError: expected m1 and m2 to have the same dtype, but got: c10::Half != float",
        "RuntimeError: Input type (torch.cuda.HalfTensor) and weight type (torch.cuda.FloatTensor) should "
        "be the same",
        "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, "
        "cuda:0 and cpu!",
        "RuntimeError: \"LayerNormKernelImpl\" not implemented for 'Half'",
    ),
    # Software
    "tokenizer_library": (
        traceback_of(
            "ImportError: \nT5Tokenizer requires the SentencePiece library but it was not found in your "
            "environment. Check out the instructions on the\ninstallation page of its repo: "
            "https://github.com/google/sentencepiece#installation and follow the ones\nthat match your "
            "environment. "
            "Please note that you may need to restart your runtime after installation."
        ),
        "ImportError: \nT5Converter requires the protobuf library but it was not found in your environment. "
        "Check out "
        "the instructions on the",
        traceback_of(
            "ValueError: Couldn't instantiate the backend tokenizer from one of: \n(1) a `tokenizers` "
            "library "
            "serialization file, \n(2) a slow tokenizer instance to convert or \n(3) an equivalent slow "
            "tokenizer "
            "class to instantiate and convert. \nYou need to have sentencepiece or tiktoken installed to "
            "convert a "
            "slow tokenizer to a fast one."
        ),
        traceback_of("ModuleNotFoundError: No module named 'sentencepiece'"),
        "TypeError: Descriptors cannot be created directly.\nIf this call came from a _pb2.py file, your "
        "generated "
        "code is out of date and must be regenerated with protoc >= 3.19.0.",
    ),
    "torchaudio_cannot_save": (
        "ModuleNotFoundError: No module named 'torchcodec.encoders'",
        traceback_of(
            "ImportError: TorchCodec is required for save_with_torchcodec. Please install torchcodec to use "
            "this "
            "function."
        ),
        traceback_of(
            "RuntimeError: Could not load libtorchcodec. Likely causes:\n          1. FFmpeg is not "
            "properly installed "
            "in your environment. We support\n             versions 4, 5, 6, 7, and 8"
        ),
        "RuntimeError: Couldn't find appropriate backend to handle uri out.wav and format None.",
    ),
    "ffmpeg_missing": (
        traceback_of("FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'"),
        "RuntimeError: ffmpeg not found",
        "sh: 1: ffmpeg: not found",
        "RuntimeWarning: Couldn't find ffmpeg or avconv - defaulting to ffmpeg, but may not work",
    ),
    "two_acesteps": (
        "ModuleNotFoundError: No module named 'acestep.pipeline_ace_step'",
        "ImportError: cannot import name 'ACEStepPipeline' from 'acestep' "
        "(/v/site-packages/acestep/__init__.py)",
    ),
    "torchaudio_does_not_fit": (
        "OSError: /v/site-packages/torchaudio/lib/libtorchaudio.so: undefined symbol: _ZNK3c105Error4whatEv",
        "FileNotFoundError: Could not find module "
        "'E:\\Lib\\site-packages\\torchaudio\\lib\\libtorchaudio.pyd' (or one "
        "of its dependencies). Try using the full path with constructor syntax.",
        "RuntimeError: Detected that PyTorch and TorchAudio were compiled with different CUDA versions. "
        "PyTorch has "
        "CUDA version 12.1 whereas TorchAudio has CUDA version 11.8.",
    ),
    "numpy_generation": (
        "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.2 as it may crash.",
        "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C "
        "header, got 88",
    ),
    "broken_library": (
        "ImportError: /v/site-packages/flash_attn_2_cuda.so: undefined symbol: _ZN3c104cuda9SetDeviceEi",
        "ImportError: libsndfile.so.1: cannot open shared object file: No such file or directory",
        "ImportError: DLL load failed while importing _soxr: The specified module could not be found.",
        "OSError: [WinError 127] The specified procedure could not be found",
        "ImportError: /lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /v/x.so)",
    ),
    "missing_package": (
        traceback_of("ModuleNotFoundError: No module named 'diffusers'"),
        "importlib.metadata.PackageNotFoundError: No package metadata was found for audiocraft",
    ),
    "versions_do_not_fit": (
        "ImportError: cannot import name 'cached_download' from 'huggingface_hub' "
        "(/v/huggingface_hub/__init__.py)",
        "AttributeError: module 'torch' has no attribute 'float8_e8m0fnu'",
        "ImportError: tokenizers>=0.21,<0.22 is required for a normal functioning of this module, but found "
        "tokenizers==0.19.1.",
        "ValueError: The checkpoint you are trying to load has model type `qwen9` but Transformers does not "
        "recognize "
        "this architecture.",
    ),
    "old_processor": (
        "Illegal instruction (core dumped)",
        "Demucs ended in the middle of its work (signal SIGILL).",
    ),
    "stalled": ("ACE-Step 1.5 did not start within 120 s.",),
    "crashed": (
        "Spleeter ended in the middle of its work (signal SIGSEGV).",
        "Demucs ended in the middle of its work (exit status 7).",
        "Fatal Python error: Segmentation fault",
    ),
}
"""By the entry that is to recognise it."""
