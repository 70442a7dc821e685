"""Kills the command with SIGKILL at random moments, and looks at what it leaves.

    python3 tools/hostile/kill.py [--kills 200] [--seed 1] [--mgn ./mgn] FOLDER

After each kill every output must be absent, the old one, or whole: byte for byte what an undisturbed call writes, where that
is always the same. After every third kill of a command, and at its end, the same call is made once more: it must end with 0, or
with 2 because the whole output is there already, and must leave nothing hidden behind. FOLDER is made and keeps the
evidence; the exit code is 1 if anything was wrong.
"""

import argparse
import filecmp
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

RECIPE = """p: 2
k: 2
epoch: k-per-identity
checkpoint-every: 2
iterations: 30
network: {preset: part-2, depth: 18, width: 0.03125, input: [64, 32], embedding: 8}
"""


def safetensors(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    end = max(t["data_offsets"][1] for name, t in header.items() if name != "__metadata__")
    assert len(data) == 8 + length + end, path


def whole(path):
    """Whether a file is complete, as far as its format tells."""
    if path.endswith(".safetensors"):
        safetensors(path)
    elif path.endswith(".json"):
        json.load(open(path))
    elif path.endswith(".html"):
        assert open(path, encoding="utf-8").read().rstrip().endswith("</html>"), path
    elif path.endswith(".png"):
        assert open(path, "rb").read()[-8:-4] == b"IEND", path


def files(folder):
    return sorted(os.path.relpath(os.path.join(at, f), folder) for at, _, fs in os.walk(folder) for f in fs)


def hidden(folder):
    names = [os.path.join(at, n) for at, ds, fs in os.walk(folder) for n in ds + fs]
    return [n for n in names if os.path.basename(n).startswith(".")]


class Case:
    """A call, what it writes, and how that is looked at."""

    def __init__(self, name, args, outputs, same=True, folder=None, prepare=None):
        self.name, self.args, self.outputs, self.same, self.folder, self.prepare = (
            name, args, outputs, same, folder, prepare)

    def check(self, at, reference):
        if self.folder:  # a whole folder: absent, or the reference's
            path = os.path.join(at, self.folder)
            visible = [f for f in files(path) if not f.startswith(".")] if os.path.isdir(path) else []
            if visible:
                wanted = files(os.path.join(reference, self.folder))
                assert visible == wanted, (self.name, "half a folder", len(visible), len(wanted))
                for f in visible:
                    assert filecmp.cmp(os.path.join(path, f), os.path.join(reference, self.folder, f), False), f
            return
        there = [o for o in self.outputs if os.path.isfile(os.path.join(at, o))]
        there += [o for o in self.outputs if any(not f.startswith(".") for f in files(os.path.join(at, o)))]
        for o in there:
            path = os.path.join(at, o)
            for f in [os.path.join(path, f) for f in files(path)] if os.path.isdir(path) else [path]:
                if not os.path.basename(f).startswith("."):
                    whole(f)
            if self.same and os.path.isfile(path):
                assert filecmp.cmp(path, os.path.join(reference, o), False), (self.name, o, "is not what it should be")
        assert self.name == "train" or len(there) in (0, len(self.outputs)), (self.name, "only", there)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mgn", default="./mgn")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    mgn = os.path.abspath(options.mgn)
    root = os.path.abspath(options.folder)
    base = os.path.join(root, "base")
    os.makedirs(base)
    temp = os.path.join(root, "tmp")
    os.makedirs(temp)
    environment = dict(os.environ, MGN_JAVA_OPTS="-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temp)

    def call(at, args, kill_after=None):
        process = subprocess.Popen(
            [mgn, *args], cwd=at, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            _, err = process.communicate(timeout=kill_after)
            return process.returncode, err
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return -9, ""

    def must(at, args):
        status, err = call(at, args)
        assert status == 0, (args, status, err)

    must(base, ["synth", "--out", "data", "--ids", "4", "--cameras", "2", "--images", "2", "--size", "40x80"])
    open(os.path.join(base, "r.yaml"), "w").write(RECIPE)
    must(base, ["train", "--data", "data", "--recipe", "r.yaml", "--out", "run", "--iterations", "2"])
    shutil.move(os.path.join(base, "run", "model.safetensors"), os.path.join(base, "m.safetensors"))
    for part in ("query", "bounding_box_test"):
        must(base, ["extract", "--model", "m.safetensors", "--images", "data/" + part, "--out", part + ".npy"])
    model = ["--model", "../base/m.safetensors"]
    pair = ["--query", "../base/query.npy", "--gallery", "../base/bounding_box_test.npy"]
    images = ["--images", "../base/data/query"]

    def other_pair(at):
        for end in ("npy", "csv"):
            shutil.copy(os.path.join(base, "bounding_box_test." + end), os.path.join(at, "f." + end))

    cases = [
        Case("synth", ["synth", "--out", "d", "--ids", "20", "--cameras", "2", "--images", "2"], [], folder="d"),
        Case("import", ["import", "--from", "../base/m.safetensors", "--out", "i.safetensors"], ["i.safetensors"]),
        Case("extract", ["extract", *model, *images, "--out", "f.npy"], ["f.npy", "f.csv"]),
        Case("extract-force", ["extract", *model, *images, "--out", "f.npy", "--force"], ["f.npy", "f.csv"], same=False,
             prepare=other_pair),
        Case("calibrate", ["calibrate", *model, *images, "--out", "q.safetensors"], ["q.safetensors"]),
        Case("export", ["export", *model, "--onnx", "m.onnx"], ["m.onnx"]),
        Case("evaluate", ["evaluate", *pair, "--json", "e.json", "--report", "report",
                          "--query-images", "../base/data/query", "--gallery-images", "../base/data/bounding_box_test"],
             ["e.json", "report"], same=False),
        Case("info", ["info", "../base/m.safetensors", "--json", "i.json"], ["i.json"]),
        Case("data", ["data", "--data", "../base/data", "--json", "d.json"], ["d.json"]),
        Case("bench", ["bench", *model, "--seconds", "0.5", "--engine", "onnx", "--json", "b.json"], ["b.json"], same=False),
        Case("train", ["train", "--data", "../base/data", "--recipe", "../base/r.yaml", "--out", "run", "--resume"], ["run"],
             same=False),
        Case("demo", ["demo", "--out", "demo"], ["demo"], same=False),
    ]
    cases = [c for c in cases if not options.only or c.name in options.only.split(",")]
    times = {}
    for case in cases:
        at = os.path.join(root, case.name)
        reference = os.path.join(root, case.name + "-reference")
        for folder in (at, reference):
            os.makedirs(folder)
            if case.prepare:
                case.prepare(folder)
        begin = time.monotonic()
        if case.name == "demo":
            times[case.name] = 60  # minutes, undisturbed
        else:
            must(reference, case.args)
            times[case.name] = time.monotonic() - begin
    rng = random.Random(options.seed)
    counts = {case.name: [0, 0, 0] for case in cases}
    wrong = []
    for i in range(10 * options.kills):
        if sum(c[0] for c in counts.values()) >= options.kills:
            break
        case = cases[i % len(cases)]
        at = os.path.join(root, case.name)
        if case.name == "demo" and i // len(cases) % 4:
            continue
        status, err = call(at, case.args, rng.uniform(0.1, times[case.name]))
        killed = status == -9
        counts[case.name][0 if killed else 1] += 1
        try:
            case.check(at, os.path.join(root, case.name + "-reference"))
            if killed and case.name != "demo" and counts[case.name][0] % 3 == 0:
                status, err = call(at, case.args)
                done = status == 0 or status == 2 and ("exists already" in err or "not empty" in err)
                said = [line for line in err.splitlines() if " steps " not in line]
                assert done and len(said) < 4, (case.name, "the next run", status, err)
                counts[case.name][2] += 1
                case.check(at, os.path.join(root, case.name + "-reference"))
                left = hidden(at)
                assert status != 0 or not left, (case.name, "left behind", left)
        except (AssertionError, ValueError, KeyError, OSError) as e:
            wrong.append((case.name, repr(e)))
            print("WRONG", case.name, repr(e), flush=True)
        if i % 12 == 11:
            print(time.strftime("%H:%M:%S"), "kills", sum(c[0] for c in counts.values()), flush=True)
        if not killed or counts[case.name][0] % 3 == 0:
            if case.name != "demo":
                shutil.rmtree(at)
                os.makedirs(at)
                if case.prepare:
                    case.prepare(at)
    must(base, ["bench", "--model", "m.safetensors", "--seconds", "0.1", "--engine", "onnx", "--json", "last.json"])
    print("temporary files left:", os.listdir(temp))
    for name, (killed, ended, again) in counts.items():
        print("%-14s killed %3d, ended before %3d, run again %3d" % (name, killed, ended, again))
    print("kills %d, wrong %d" % (sum(c[0] for c in counts.values()), len(wrong)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
