#!/usr/bin/env python3
"""Times training steps of the full MGN in PyTorch: channels_last, all cores, the recipe's SGD. One line a step.

    MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_MMAP_THRESHOLD_=8589934592 OMP_WAIT_POLICY=PASSIVE \\
      /usr/bin/python3 tools/reference/bench_training.py P K STEPS
"""
import os
import resource
import sys
import time

import torch

import mgn_torch
from make_training_fixtures import terms


def total(losses):
    def mean(kind):
        return torch.stack([v for k, v in losses.items() if k.startswith(kind)]).mean()

    return mean("softmax") + mean("triplet")


def main(p, k, steps):
    torch.set_num_threads(len(os.sched_getaffinity(0)))  # PyTorch leaves out hyper-threads by itself
    torch.manual_seed(1)
    net = mgn_torch.Mgn(50, 1, 256, p, "max").train().to(memory_format=torch.channels_last)
    images = (4 * torch.rand(p * k, 3, 384, 128) - 2).to(memory_format=torch.channels_last)
    pids = torch.arange(p).repeat_interleave(k)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    for step in range(steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = total(terms(net, images, pids))
        loss.backward()
        optimizer.step()
        print(f"pytorch step {step} {1000 * (time.perf_counter() - start):.1f} ms loss {loss.item():.4f}", flush=True)
    print(f"pytorch peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
