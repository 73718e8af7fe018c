"""What systems and libraries print when a machine, or what is installed on it, fails."""

from __future__ import annotations

from tests.diagnosis.gpu_messages import CUDA_TAIL
from tests.diagnosis.tracebacks import traceback_of

MACHINE: dict[str, tuple[str, ...]] = {
    # What the system refuses
    "disk_full": (
        "OSError: [WinError 112] There is not enough space on the disk",
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
        "RuntimeError: CUDA error: operation not permitted",
        "cuInit(0) failed: CUDA_ERROR_NOT_PERMITTED",
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
        "numba.cuda.cudadrv.driver.CudaAPIError: [2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY",
        "RuntimeError: cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    ),
    "hip_out_of_memory": (
        "RuntimeError: HIP error: out of memory",
        "hipMalloc failed: hipErrorOutOfMemory",
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
        "Process 71 exited on signal 9",
        "Popen: returncode=-9",
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=python3,pid=31,uid=1000",
        "Last State: Terminated, Reason: OOMKilled",
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
    # Software
    "tokenizer_library": (
        "ValueError: Cannot instantiate this tokenizer from a slow version. If it's based on sentencepiece, "
        "make sure you have sentencepiece installed.",
        "ValueError: `tiktoken` is required to read a `tiktoken` file. Install it with `pip install "
        "tiktoken`.",
        "ValueError: Converting from SentencePiece and Tiktoken failed, if a converter for SentencePiece is "
        "available",
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
        "RuntimeError: ffmpeg is not installed",
        traceback_of("FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'"),
        "RuntimeError: ffmpeg not found",
        "sh: 1: ffmpeg: not found",
        "RuntimeWarning: Couldn't find ffmpeg or avconv - defaulting to ffmpeg, but may not work",
    ),
    "two_acesteps": (
        "AttributeError: module 'acestep' has no attribute 'pipeline_ace_step'",
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
        "ImportError: numpy.core.multiarray failed to import",
        "AttributeError: _ARRAY_API not found",
        "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.2 as it may crash.",
        "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C "
        "header, got 88",
    ),
    "broken_library": (
        "ImportError: dlopen(/v/x.so, 0x0002): Library not loaded: @rpath/libsndfile.dylib",
        "OSError: Could not load this library: /v/site-packages/torchvision/_C.so",
        "ImportError: /v/site-packages/flash_attn_2_cuda.so: undefined symbol: _ZN3c104cuda9SetDeviceEi",
        "ImportError: libsndfile.so.1: cannot open shared object file: No such file or directory",
        "ImportError: DLL load failed while importing _soxr: The specified module could not be found.",
        "OSError: [WinError 127] The specified procedure could not be found",
        "ImportError: /lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /v/x.so)",
    ),
    "missing_package": (
        "PackageNotFoundError: The 'peft>=0.17.0' distribution was not found and is required by this "
        "application.",
        "ImportError: Using `low_cpu_mem_usage=True` or a `device_map` requires Accelerate: `pip install "
        "'accelerate>=0.26.0'`",
        traceback_of("ModuleNotFoundError: No module named 'diffusers'"),
        "importlib.metadata.PackageNotFoundError: No package metadata was found for audiocraft",
    ),
    "versions_do_not_fit": (
        "ImportError: \nAutoModel requires PyTorch >= 2.6, but PyTorch was not found or an older version is "
        "installed.",
        "ImportError: Using `bitsandbytes` 4-bit quantization requires the latest version of bitsandbytes: "
        "`pip install -U bitsandbytes`",
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
        "Aborted (core dumped)",
        "terminate called after throwing an instance of 'std::runtime_error'",
        "Spleeter ended in the middle of its work (signal SIGSEGV).",
        "Demucs ended in the middle of its work (exit status 7).",
        "Fatal Python error: Segmentation fault",
    ),
}
"""By the entry that is to recognise it."""
