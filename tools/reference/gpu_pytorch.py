#!/usr/bin/env python3
"""The peer of GpuBenchmark: the full MGN in PyTorch on a GPU, formula weights and images, as a Markdown table.

    python3 tools/reference/gpu_pytorch.py [--batches 1,16,64,256] [--seconds 1] [--modes eager,reduce-overhead,max-autotune]
        [--device cuda] [--network mgn]

fp32 (TF32 off), tf32 and fp16, channels_last; beside eager any modes of torch.compile, where there is one (PyTorch 2), with frozen
weights, which folds the batch norms. Device-resident images; images from pinned memory with the features copied back; and the
floor: its operations over the measured rate of a large matrix product in the same number format. The features of every batch are
checked against the float64 ones in mgn-core's fixtures before it is timed. A rehearsal without a GPU: --device cpu --network tiny --batches 1,2 --precisions fp32 --seconds 0.2.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
import torch

import formula
import mgn_torch

ROOT = pathlib.Path(__file__).parents[2]
# Depth, width, embedding, input, the features that it has to give.
NETWORKS = {
    "mgn": (50, 1, 256, (384, 128), "full-max.f32"),
    "tiny": (50, 1 / 16, 16, (96, 32), "tiny-max.f32"),
}


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


def network(name, device, dtype):
    depth, width, embedding = NETWORKS[name][:3]
    net = mgn_torch.fill(mgn_torch.Mgn(depth, width, embedding, 2, "max")).eval()
    return net.to(device=device, dtype=dtype, memory_format=torch.channels_last)


def gflop(net, size):
    """Operations of the convolutions, two for a product and its sum, per image."""
    found = []

    def count(layer, _, out):
        kernel = layer.kernel_size[0] * layer.kernel_size[1]
        found.append(2 * out.numel() * layer.in_channels * kernel)

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, torch.nn.Conv2d)]
    with torch.no_grad():
        net(torch.zeros(1, 3, *size))
    for hook in hooks:
        hook.remove()
    return sum(found) / 1e9


def rows(run, images, expected, limit, batches, seconds, device, dtype, wait, work, rate, fresh):
    """A line of the table, but for its first two columns, for every batch size; its features are checked first."""
    for batch in batches:
        step = fresh() if fresh else run
        host = images.repeat((batch + 7) // 8, 1, 1, 1)[:batch].contiguous(memory_format=torch.channels_last)
        host = host.pin_memory() if device == "cuda" else host
        there = host.to(device, dtype)
        start = time.perf_counter()
        found = step(there).float().cpu().numpy()
        first = time.perf_counter() - start
        wanted = np.resize(expected, (batch, expected.shape[1]))
        apart = np.abs(found - wanted).max() / np.abs(expected).max()
        if not apart < limit:
            raise RuntimeError(f"features differ by {apart:.1e} of the largest, at most {limit} expected")
        resident = times(lambda: step(there), seconds, wait)
        whole = times(lambda: step(host.to(device, non_blocking=True).to(dtype)).float().cpu(), seconds, wait)
        median = statistics.median(resident)
        tflops = work * batch / median
        yield (f"{batch} | {1000 * batch / median:.1f} | {tflops:.2f} | {100 * tflops / rate:.0f} % "
               f"| {1000 * batch / statistics.median(whole):.1f} "
               f"| {median:.2f} / {resident[len(resident) * 99 // 100]:.2f} | {apart:.0e} | {first:.1f}")


def compiled(net, mode):
    """A function that compiles the network anew: one graph for each size, a second size would make all of them dynamic."""

    def fresh():
        torch._dynamo.reset()
        return torch.compile(net, mode=mode, dynamic=False)

    return fresh


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", default="1,16,64,256")
    parser.add_argument("--precisions", default="fp32,tf32,fp16")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--modes", default="eager")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--network", default="mgn", choices=list(NETWORKS))
    options = parser.parse_args()
    device = options.device
    size, reference = NETWORKS[options.network][3:]
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    torch.backends.cudnn.benchmark = True
    if hasattr(torch, "_inductor"):
        import torch._inductor.config as inductor
        inductor.freezing = True
    expected = np.fromfile(ROOT / "mgn-fixtures/src/main/resources/reference" / reference, "<f4").reshape(8, -1)
    work = gflop(network(options.network, "cpu", torch.float32), size)
    images = torch.from_numpy(formula.images(8, *size))
    batches = [int(b) for b in options.batches.split(",")]
    failed = False
    print(f"PyTorch {torch.__version__}, {device}, {work:.2f} GFLOP per image; before: {clocks()}\n")
    print("| precision | mode | batch | device-resident images/s | TFLOP/s | of the floor | host floats images/s "
          "| device-resident ms per batch, median / p99 | features apart | first batch s |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    notes = []
    for precision in options.precisions.split(","):
        dtype = torch.float16 if precision == "fp16" else torch.float32
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
        for mode in options.modes.split(","):
            try:
                with torch.no_grad() if mode != "eager" else torch.inference_mode():
                    rate = matmul_tflops(device, dtype, options.seconds, wait)
                    net = network(options.network, device, dtype)
                    fresh = None if mode == "eager" else compiled(net, mode)
                    limit = 1e-3 if precision == "fp32" else 5e-2
                    for row in rows(net, images, expected, limit, batches, options.seconds, device, dtype, wait, work, rate, fresh):
                        print(f"| {precision} | {mode} | {row} |", flush=True)
                    notes.append(f"{precision} {mode}: matrix product {rate:.1f} TFLOP/s; {clocks()}")
            except Exception as e:  # what one format or mode cannot do, others may
                failed = True
                notes.append(f"FAILED {precision} {mode}: {str(e).splitlines()[0] if str(e) else type(e).__name__}")
    print()
    for note in notes:
        print("- " + note)
    print("- after: " + clocks())
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
