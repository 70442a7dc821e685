#!/usr/bin/env python3
"""Fills docs/study.md from a finished study: tools/study-claims.py STUDY docs/study.md

Replaces what stands between the markers: the table of study.md, and for each claim of the article the difference of the two
rows' means over the seeds, paired by seed, with its sample standard deviation. A claim counts as found if the difference has the
claim's sign for every seed, as contradicted if it has the other sign for every seed. Writes the page's CMC curves and losses beside.
"""
import csv, re, statistics, sys

CLAIMS = [
    ("MGN", "G+P2+P3 (single)", "MGN over three single networks"),
    ("G+P2+P3 (single)", "part-3", "three single networks over part-3 alone"),
    ("G+P2+P3 (single)", "part-2", "three single networks over part-2 alone"),
    ("G+P2+P3 (single)", "global", "three single networks over the global branch alone"),
    ("part-3", "global", "part-3 over the global branch"),
    ("global", "ResNet-18", "the global branch (softmax and triplet) over ResNet (softmax)"),
    ("part-2", "ResNet-18", "part-2 over ResNet"),
    ("MGN", "ResNet-18", "MGN over ResNet"),
    ("MGN", "ResNet-101", "MGN over the deeper ResNet"),
    ("MGN", "MGN without triplet", "the triplet loss helps"),
    ("MGN", "MGN, triplet on stripes too", "the triplet loss on stripes hurts"),
    ("MGN", "PCB", "MGN over PCB"),
]


def spread(values):
    return "%+.1f" % statistics.mean(values) + (" ± %.1f" % statistics.stdev(values) if len(values) > 1 else "")


def main(study, page):
    scores = {}
    for line in csv.DictReader(open(study + "/study.csv", encoding="utf-8")):
        if line["rank1"] != "diverged":
            scores[line["row"], line["seed"]] = line
    seeds = sorted({seed for _, seed in scores})
    text = open(study + "/study.md", encoding="utf-8").read().rstrip("\n") + "\n\n"
    text += "| Claim of the article | Rank-1 | mAP | Found |\n|---|---:|---:|---|\n"
    for better, worse, claim in CLAIMS:
        both = [s for s in seeds if (better, s) in scores and (worse, s) in scores]
        if not both:
            continue
        cells, found = [], []
        for metric in ("rank1", "mAP"):
            gaps = [100 * (float(scores[better, s][metric]) - float(scores[worse, s][metric])) for s in both]
            cells.append(spread(gaps))
            found.append("yes" if min(gaps) > 0 else "contradicted" if max(gaps) < 0 else "within the spread")
        verdict = found[0] if found[0] == found[1] else "rank-1: %s; mAP: %s" % tuple(found)
        text += "| %s | %s | %s | %s |\n" % (claim, cells[0], cells[1], verdict)
    text += "\nDifferences in points, mean and standard deviation over %d seeds.\n" % len(seeds)
    doc = open(page, encoding="utf-8").read()
    begin, end = "<!-- results -->\n", "<!-- end of results -->\n"
    doc = doc[: doc.index(begin) + len(begin)] + text + doc[doc.index(end) :]
    open(page, "w", encoding="utf-8").write(doc)
    html = open(study + "/study.html", encoding="utf-8").read()
    style = re.search(r"<style>.*?</style>", html, re.S).group(0)
    for name, svg in zip(("cmc", "loss"), re.findall(r"<svg.*?</svg>", html, re.S)):
        if "xmlns=" not in svg.split(">")[0]:
            svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        head = svg.index(">") + 1
        open(page.replace(".md", "/%s.svg" % name), "w", encoding="utf-8").write(svg[:head] + style + svg[head:])


if __name__ == "__main__":
    main(*sys.argv[1:])
