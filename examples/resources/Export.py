import pulumi_aidp as aidp

aidp.Export(
    "all",
    name="all annotations",
    format="COCO_JSON",
    path="results/all.json",
)
