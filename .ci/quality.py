#!/usr/bin/env python3
"""Measures quality on judged data and fails below the floors in floors.json.

quality.py BINARY DATA WORK: BINARY is the built program, DATA the folder of judged data, WORK a folder to write to.
"""
import json
import pathlib
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

binary, data, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
here = pathlib.Path(__file__).parent
work.mkdir(parents=True, exist_ok=True)
figures = {}
SETS = ("scrapinghub", "wcxb", "trafeval")


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True).stdout


def cleaning():
    """Ranges kept of hand-labelled plain text."""
    out = work / "spans"
    out.mkdir(exist_ok=True)
    for page in sorted((data / "cleaning/pages").glob("*.txt")):
        lines = run(binary, "clean", "--format", "spans", page).splitlines()
        kept = [line for line in map(json.loads, lines) if line["keep"]]
        (out / f"{page.stem}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    for split, name in (("seeds", "articles"), ("dev", "pages")):
        report = work / f"{name}.json"
        run("python3", data / "cleaning/score.py", out, "--split", split, "--quiet", "--json", report)
        score = json.loads(report.read_text())
        dropped = [sum(pair[i] for pair in score["kinds"].values()) for i in (0, 1)]
        lost = [sum(pair[i] for pair in score["content"].values()) for i in (0, 1)]
        figures[f"cleaning.{name}.micro_f1"] = score["micro"][2]
        figures[f"cleaning.{name}.macro_f1"] = score["macro"][2]
        figures[f"cleaning.{name}.dropped"] = dropped[0] / dropped[1]
        figures[f"cleaning.{name}.content_kept"] = 1 - lost[0] / lost[1]
        figures[f"cleaning.{name}.lines_kept"] = 1 - score["lost_lines"][0] / score["lost_lines"][1]


def quality_of_passages():
    """How often the quality of a passage that is content is higher than that of one that is mostly boilerplate."""
    content, boilerplate = [], []
    for page in sorted((data / "cleaning/pages").glob("*.txt")):
        text = page.read_bytes()
        junk, start = bytearray(len(text)), 0
        labels = json.loads((data / f"cleaning/labels/{page.stem}.json").read_text())["lines"]
        dropped = {line["n"] for line in labels if line["label"] == "D"}
        for number, line in enumerate(text.split(b"\n"), 1):
            if number in dropped:
                junk[start : start + len(line)] = b"\1" * len(line)
            start += len(line) + 1
        for passage in map(json.loads, run(binary, "clean", "--format", "jsonl", page).splitlines()):
            spans = [junk[span["start"] : span["end"]] for span in passage["spans"]]
            share = sum(map(sum, spans)) / max(1, sum(map(len, spans)))
            if share < 0.1:
                content.append(passage["quality"])
            elif share > 0.5:
                boilerplate.append(passage["quality"])
    higher = sum((good > bad) + (good == bad) / 2 for good in content for bad in boilerplate)
    figures["cleaning.pages.quality_auc"] = higher / max(1, len(content) * len(boilerplate))


def html():
    """Main content of web pages."""
    for name in SETS:
        folder = work / "html"
        folder.mkdir(exist_ok=True)
        with tarfile.open(data / f"html/{name}.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        out = work / f"{name}-out"
        subprocess.run([binary, "clean", "--out", out, folder / name / "html"], check=False, capture_output=True)
        figures[f"html.{name}.f1"] = f1(folder / name, out)
    # The model was learnt from these pages; what it is worth shows on sites that it was not learnt from.
    parts = work / "parts"
    run(binary, "train", "--quiet", "--folds", "3", "--out", parts, *(folder / name for name in SETS))
    for name in SETS:
        figures[f"html.{name}.cross_validated_f1"] = f1(folder / name, parts / name)
        figures[f"text.{name}.cross_validated_f1"] = f1(folder / name, parts / "text" / name)


def f1(dataset, out):
    return json.loads(run("python3", data / "html/score.py", dataset, out, "--json"))["all"]["F1"]


def ranking():
    """Whole documents of judged collections."""
    folders = sorted(path for path in (data / "ranking").iterdir() if path.is_dir())
    # The weights were chosen on these collections; what the choosing is worth shows on one that it leaves out.
    ways = ([], ["--leave-one-out"])
    with ThreadPoolExecutor() as side_by_side:
        rows, left_out = side_by_side.map(lambda way: json.loads(run(binary, "eval", *way, "--json", *folders)), ways)
    for row in rows:
        figures[f"ranking.{row['collection']}.ndcg_10"] = row["ndcg_10"]
    for measure in ("ndcg_10", "map"):
        figures[f"ranking.mean.{measure}"] = sum(row[measure] for row in rows) / len(rows)
    figures["ranking.mean.left_out_ndcg_10"] = sum(row["left_out"] for row in left_out) / len(left_out)


for part in (cleaning, quality_of_passages, html, ranking):
    part()
floors = json.loads((here / "floors.json").read_text())
failed = 0
for name, figure in figures.items():
    floor = floors.get(name)
    below = floor is not None and figure < floor
    failed += below
    print(f"{name:34s} {figure:.4f}" + (f"  floor {floor:.4f}" if floor is not None else "") + ("  BELOW" if below else ""))
missing = sorted(set(floors) - set(figures))
if missing:
    print("not measured:", ", ".join(missing))
sys.exit(1 if failed or missing else 0)
