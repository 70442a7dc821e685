"""Kills a program that adds to and removes from a gallery with SIGKILL at random moments, and looks at what it leaves.

    ./mvnw -pl mgn-gallery -am test-compile
    python3 tools/hostile/gallery_kill.py [--kills 100] [--seed 1] FOLDER

GalleryKillTarget (a test class of mgn-gallery) writes, after each commit, the commit's number to its standard output. After a
kill the gallery must open, hold whole commits only, and every commit that was reported. FOLDER is made and keeps the evidence;
the exit code is 1 if anything was wrong.
"""

import argparse
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = "io.github.mgn4j.gallery.GalleryKillTarget"


def class_path():
    """The classes of the reactor, and the jars that they need from the local repository."""
    modules = ["mgn-core", "mgn-data", "mgn-eval", "mgn-gallery"]
    entries = [os.path.join(ROOT, m, "target", "classes") for m in modules]
    entries.append(os.path.join(ROOT, "mgn-gallery", "target", "test-classes"))
    pom = open(os.path.join(ROOT, "pom.xml")).read()
    repository = os.path.expanduser("~/.m2/repository")
    for group, name in (("com/google/guava", "guava"), ("com/google/code/gson", "gson"), ("org/slf4j", "slf4j-api")):
        version = re.search("<%s.version>(.*)<" % name.replace("-api", ""), pom).group(1)
        entries.append(os.path.join(repository, group, name, version, "%s-%s.jar" % (name, version)))
    entries += glob.glob(os.path.join(repository, "com/google/guava/failureaccess/*/*.jar"))
    missing = [e for e in entries if not os.path.exists(e)]
    assert not missing, "build first, see above: %s" % missing
    return os.pathsep.join(entries)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.folder)
    gallery = os.path.join(options.folder, "gallery")
    java = ["java", "-Xmx300m", "-XX:TieredStopAtLevel=1", "-cp", class_path(), TARGET]
    rng = random.Random(options.seed)
    reported = 0
    commits = 0
    wrong = 0
    kills = 0
    while kills < options.kills:
        with open(os.path.join(options.folder, "out"), "w+") as out:
            process = subprocess.Popen([*java, "run", gallery], stdout=out, stderr=subprocess.PIPE, text=True)
            try:
                _, err = process.communicate(timeout=rng.uniform(0.2, 2.5))
                print("WRONG: ended by itself:", process.returncode, err)
                wrong += 1
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
            out.seek(0)
            lines = [line for line in out.read().splitlines(keepends=True) if line.endswith("\n")]
        if lines:
            commits += len(lines)
            reported = int(lines[-1])
        check = subprocess.run([*java, "check", gallery, str(reported)], capture_output=True, text=True)
        if check.returncode != 0:
            wrong += 1
            print("WRONG:", check.stdout, check.stderr[-2000:], flush=True)
            shutil.copytree(gallery, os.path.join(options.folder, "wrong-%d" % wrong))
        if kills % 10 == 0:
            print(time.strftime("%H:%M:%S"), "kills", kills, "commits", commits, check.stdout.strip(), flush=True)
    print("kills %d, commits reported %d, wrong %d" % (kills, commits, wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
