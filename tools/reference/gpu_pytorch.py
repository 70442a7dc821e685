#!/usr/bin/env python3
"""The peer of GpuBenchmark: the full MGN in PyTorch on a GPU, formula weights and images, as a Markdown table.

    python3 tools/reference/gpu_pytorch.py [--batches 1,16,64,256] [--seconds 1] [--compile] [--device cuda]

fp32 (TF32 off), tf32 and fp16, channels_last; with --compile also torch.compile (mode max-autotune). Device-resident images; images
from pinned memory with the features copied back; and the floor: 23.8 GFLOP per image over the measured rate of a large matrix
product in the same number format. Correctness against the float64 features in mgn-core's fixtures is checked first.
"""

import argparse
import pathlib
import statistics
import subprocess
import time

import numpy as np
import torch

import formula
import mgn_torch

ROOT = pathlib.Path(__file__).parents[2]
GFLOP = 23.772
SIZE = (384, 128)


def clocks():
    query = "name,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.draw,temperature.gpu"
    try:
        return subprocess.run(["nvidia-smi", "--query-gpu=" + query, "--format=csv,noheader"],
                              capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no nvidia-smi here"


def times(run, seconds, wait):
    """Milliseconds per run, sorted, after warming up for as long."""
    for _ in range(2):
        found = []
        end = time.perf_counter() + seconds
        while len(found) < 5 or time.perf_counter() < end:
            start = time.perf_counter()
            run()
            wait()
            found.append(1000 * (time.perf_counter() - start))
    return sorted(found)


def matmul_tflops(device, dtype, seconds, wait):
    n = 8192 if device == "cuda" else 1024
    a = torch.randn(n, n, device=device, dtype=dtype)
    b = torch.randn(n, n, device=device, dtype=dtype)
    return 2 * n**3 / statistics.median(times(lambda: a @ b, seconds, wait)) / 1e9


def network(device, dtype):
    net = mgn_torch.fill(mgn_torch.Mgn(50, 1, 256, 2, "max"))
    return net.to(device=device, dtype=dtype, memory_format=torch.channels_last)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", default="1,16,64,256")
    parser.add_argument("--precisions", default="fp32,tf32,fp16")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    device = options.device
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    torch.backends.cudnn.benchmark = True
    expected = np.fromfile(ROOT / "mgn-core/src/test/resources/reference/full-max.f32", "<f4").reshape(8, -1)
    images = torch.from_numpy(formula.images(8, *SIZE))
    print(f"PyTorch {torch.__version__}, {device}; before: {clocks()}\n")
    print("| precision | mode | batch | device-resident images/s | TFLOP/s | of the floor | host floats images/s "
          "| device-resident ms per batch, median / p99 |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for precision in options.precisions.split(","):
        dtype = torch.float16 if precision == "fp16" else torch.float32
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
        rate = matmul_tflops(device, dtype, options.seconds, wait)
        for mode in ["eager"] + (["compiled"] if options.compile else []):
            net = network(device, dtype)
            if mode == "compiled":
                net = torch.compile(net, mode="max-autotune")
            with torch.inference_mode():
                found = net(images.to(device, dtype).to(memory_format=torch.channels_last)).float().cpu().numpy()
                apart = np.abs(found - expected).max() / np.abs(expected).max()
                limit = 1e-3 if precision == "fp32" else 5e-2
                assert apart < limit, f"{precision} {mode}: features differ by {apart:.1e}"
                for batch in map(int, options.batches.split(",")):
                    host = images.repeat((batch + 7) // 8, 1, 1, 1)[:batch].contiguous(memory_format=torch.channels_last)
                    host = host.pin_memory() if device == "cuda" else host
                    there = host.to(device, dtype)
                    resident = times(lambda: net(there), options.seconds, wait)
                    whole = times(lambda: net(host.to(device, non_blocking=True).to(dtype)).float().cpu(),
                                  options.seconds, wait)
                    median = statistics.median(resident)
                    tflops = GFLOP * batch / median
                    print(f"| {precision} | {mode} | {batch} | {1000 * batch / median:.1f} | {tflops:.2f} "
                          f"| {100 * tflops / rate:.0f} % | {1000 * batch / statistics.median(whole):.1f} "
                          f"| {median:.2f} / {resident[len(resident) * 99 // 100]:.2f} |", flush=True)
            print(f"\n{precision} {mode}: features differ by {apart:.1e}; matrix product {rate:.1f} TFLOP/s; {clocks()}\n",
                  flush=True)


if __name__ == "__main__":
    main()
