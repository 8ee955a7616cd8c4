# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Settings that only take effect before a process starts, and what the processor can do."""

import os
import sys

MARK = "MUSIC_NEURONS_TRAINING"


def _processor_flags():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("flags"):
                    return set(line.split(":")[1].split())
    except OSError:
        pass
    return set()


def settings():
    """What is asked of the libraries, unless the caller set it already."""
    wanted = {
        # Each worker thread does its own products. Idle ones must not spin.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "passive",
        # Freed activations stay with the process: the kernel would clear them anew each step.
        "MALLOC_MMAP_THRESHOLD_": "4000000000",
        "MALLOC_TRIM_THRESHOLD_": "16000000000",
        # Heaps of threads are too small for them: all threads share one.
        "MALLOC_ARENA_MAX": "1",
    }
    flags = _processor_flags()
    # An OpenBLAS older than the processor takes its slowest code.
    if "avx512vl" in flags:
        wanted["OPENBLAS_CORETYPE"] = "SKYLAKEX"
    elif "avx2" in flags:
        wanted["OPENBLAS_CORETYPE"] = "HASWELL"
    return {name: os.environ.get(name, value) for name, value in wanted.items()}


def prepare():
    """Start this program anew with the settings, once."""
    if os.environ.get(MARK) != "1":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **settings(), MARK: "1"})


def product_type(precision):
    """The type of large products: bfloat16 where the processor has instructions for it."""
    import torch

    if torch.cuda.is_available():
        torch.backends.cuda.matmul.allow_tf32 = True
        fast = torch.cuda.is_bf16_supported()
    else:
        # One thread an operation: the workers are the parallel part.
        torch.set_num_threads(1)
        fast = bool({"avx512_bf16", "amx_bf16"} & _processor_flags())
    if precision == "auto":
        precision = "bfloat16" if fast else "float32"
    return getattr(torch, precision)
