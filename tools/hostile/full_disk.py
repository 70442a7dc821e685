"""Runs the commands that write onto a disk without room, and looks at what they say and leave. Needs root, for mounts.

    python3 tools/hostile/full_disk.py [--mgn ./mgn] FOLDER

Every call that does not fit must end with 1 or 2 and one line that names a file and the reason, and must leave nothing. A
training whose later checkpoint does not fit keeps the earlier one, and goes on from it when there is room.
"""

import argparse
import os
import subprocess
import sys

from kill import RECIPE, hidden, files, safetensors

SIZES = ["8k", "32k", "96k"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--mgn", default="./mgn")
    options = parser.parse_args()
    mgn = os.path.abspath(options.mgn)
    base = os.path.abspath(options.folder)
    os.makedirs(base)
    disk = os.path.join(base, "disk")
    os.makedirs(disk)
    environment = dict(os.environ, MGN_JAVA_OPTS="-XX:TieredStopAtLevel=1")

    def call(args, **more):
        done = subprocess.run([mgn, *args], cwd=base, env=dict(environment, **more), capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def must(*args):
        status, _, err = call(args)
        assert status == 0, (args, err)

    def mount(size):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "nr_inodes=10k,size=" + size, "tmpfs", disk], check=True)

    must("synth", "--out", "data", "--ids", "4", "--cameras", "2", "--images", "2", "--size", "40x80")
    open(os.path.join(base, "r.yaml"), "w").write(RECIPE)
    must("train", "--data", "data", "--recipe", "r.yaml", "--out", "run", "--iterations", "2")
    model = ["--model", "run/model.safetensors"]
    for part in ("query", "bounding_box_test"):
        must("extract", *model, "--images", "data/" + part, "--out", part + ".npy")
    pair = ["--query", "query.npy", "--gallery", "bounding_box_test.npy"]
    images = ["--images", "data/bounding_box_test"]
    calls = {
        "synth": ["synth", "--out", "disk/d"],
        "import": ["import", "--from", "run/model.safetensors", "--out", "disk/i.safetensors"],
        "extract": ["extract", *model, *images, "--out", "disk/f.npy"],
        "calibrate": ["calibrate", *model, *images, "--out", "disk/q.safetensors"],
        "export": ["export", *model, "--onnx", "disk/m.onnx"],
        "evaluate": ["evaluate", *pair, "--json", "disk/e.json", "--report", "disk/report"],
        "info": ["info", "run/model.safetensors", "--json", "disk/i.json"],
        "data": ["data", "--data", "data", "--json", "disk/d.json"],
        "bench": ["bench", *model, "--seconds", "0.2", "--engine", "onednn", "--json", "disk/b.json"],
        "train": ["train", "--data", "data", "--recipe", "r.yaml", "--out", "disk/run"],
        "demo": ["demo", "--out", "disk/demo"],
    }
    wrong = 0
    for name, args in calls.items():
        for size in SIZES:
            mount(size)
            try:
                if size == SIZES[0]:  # no room at all
                    try:
                        with open(os.path.join(disk, "full"), "wb") as full:
                            full.write(b"x" * 8192)
                    except OSError:
                        pass
                status, out, err = call(args)
                left = [f for f in files(disk) if f != "full"] + hidden(disk)
                said = [line for line in err.splitlines() if not line.startswith("mgn: 1/4")]
                fits = status == 0 and not hidden(disk)
                refused = (
                    status in (1, 2) and len(said) == 1 and "No space left" in err and not left and ": cannot be" in err)
                # A training that took steps keeps the checkpoint that did fit.
                resumable = name == "train" and any(f.startswith("run/checkpoint-") for f in left) and not hidden(disk)
                verdict = "fits" if fits else "refused" if refused else "kept" if resumable else "WRONG"
                wrong += verdict == "WRONG"
                print("%-9s %4s %-8s %d %s %s" % (name, size, verdict, status, err.strip()[-160:], left), flush=True)
            finally:
                subprocess.run(["umount", disk], check=True)

    # The first checkpoint fits, the next beside it does not.
    size = os.path.getsize(os.path.join(base, "run", "checkpoint-00000002.safetensors"))
    mount(str(size * 3 // 2 // 4096 * 4096))
    try:
        status, _, err = call(calls["train"])
        kept = [f for f in files(disk) if f.startswith("run/checkpoint")]
        assert status in (1, 2) and "No space left" in err and len(kept) == 1, (status, err, kept)
        safetensors(os.path.join(disk, kept[0]))
        subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
        status, _, more = call(["train", "--out", "disk/run", "--resume"])
        assert status == 0 and os.path.exists(os.path.join(disk, "run/model.safetensors")), more
        print("train     a later checkpoint without room: %s; resumed" % err.strip())
    finally:
        subprocess.run(["umount", disk], check=True)

    status, _, err = call(["extract", *model, *images, "--out", "f.npy", "--engine", "onnx"], MGN_JAVA_OPTS="-Djava.io.tmpdir=" + disk)
    assert status == 0, err
    mount("8k")
    try:
        status, _, err = call(
            ["extract", *model, *images, "--out", "g.npy", "--engine", "onnx"], MGN_JAVA_OPTS="-Djava.io.tmpdir=" + disk)
        ok = status in (1, 2) and err.count("\n") == 1 and "No space left" in err and not os.listdir(disk)
        wrong += not ok
        print("extract with onnx, no room for temporary files:", "refused" if ok else "WRONG", err.strip())
    finally:
        subprocess.run(["umount", disk], check=True)
    for args in (["info", "run/model.safetensors"], ["--help"], ["data", "--data", "data"], ["info", "--preset", "mgn", "--json", "-"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([mgn, *args], cwd=base, stdout=full, stderr=subprocess.PIPE, text=True)
        ok = done.returncode == 1 and done.stderr == "mgn: standard output cannot be written\n"
        wrong += not ok
        print("/dev/full", args, "refused" if ok else "WRONG", done.stderr.strip())
    print("wrong: %d" % wrong)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
