#!/usr/bin/env python3
"""Runs mgn4j and bench_evaluation.py's peers in turn on the same files and compares: see mgn-bench/compare-evaluation.sh."""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
HEAP = {"small": "1g", "market": "2g", "msmt17": "6g"}


def peak_of(process):
    """Waits for a process; its resident memory peak in MB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024


def run(command, folder):
    log = folder / "stderr.txt"
    start = time.perf_counter()
    with open(log, "w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        output = process.stdout.read()
        peak = peak_of(process)
    wall = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)[:200]}: exit code {process.returncode}\n{log.read_text()[-2000:]}")
    return {**json.loads(output), "wall": wall, "peak": peak}


def agree(name, ours, theirs):
    """Their float32 sums may swap neighbours in a list: the means agree to four digits or so."""
    for key, tolerance in ("queries", 0), ("rank1", 2e-3), ("rank5", 2e-3), ("rank10", 2e-3), ("mAP", 5e-4), ("mINP", 5e-4):
        if abs(ours[key] - theirs[key]) > tolerance:
            sys.exit(f"{name}: {key} is {ours[key]} in mgn4j, {theirs[key]} in Python")


def main(size, rounds, folder, classpath):
    folder = pathlib.Path(folder)
    python = [sys.executable, str(HERE / "bench_evaluation.py")]
    if not (folder / "gallery.csv").exists():
        subprocess.run([*python, "synth", str(folder), size], check=True)
    java = [f"-Xmx{HEAP[size]}", "-cp", classpath, "io.github.mgn4j.bench.EvaluationRun", str(folder)]
    flags = {"plain": ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"], "rerank": ["-XX:+UseParallelGC"]}  # the launcher's
    peers = {"plain": ["plain"], "rerank": ["rerank"]}
    if size == "msmt17":
        peers = {"plain": [], "rerank": []}
    elif importlib.util.find_spec("Cython"):
        peers["plain"].append("cython")
    best = {}
    for turn in range(rounds):
        print(f"round {turn + 1} of {rounds}, load {os.getloadavg()[0]:.2f}", flush=True)
        for task, others in peers.items():
            runs = [(f"mgn4j {task}", run(["java", *flags[task], *java, task], folder))]
            for other in others:
                runs.append((f"python {other}", run([*python, other, str(folder)], folder)))
                agree(runs[-1][0], runs[0][1]["metrics"], runs[-1][1]["metrics"])
            for name, result in runs:
                best.setdefault(name, []).append(result)
                print(
                    f"  {name:16} {result['seconds']:8.2f} s, whole process {result['wall']:8.2f} s, "
                    f"peak {result['peak']:6.0f} MB, mAP {result['metrics']['mAP']:.4f}",
                    flush=True,
                )
    print(f"fastest of {rounds}; the numbers agree" if size != "msmt17" else f"fastest of {rounds}")
    for task, others in peers.items():
        ours = best[f"mgn4j {task}"]
        for other in others:
            theirs = best[f"python {other}"]
            print(
                f"  {task} beside python {other}: {min(r['seconds'] for r in ours) / min(r['seconds'] for r in theirs):.3f} of its time, "
                f"whole process {min(r['wall'] for r in ours) / min(r['wall'] for r in theirs):.3f}, "
                f"{max(r['peak'] for r in ours) / max(r['peak'] for r in theirs):.3f} of its memory"
            )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
