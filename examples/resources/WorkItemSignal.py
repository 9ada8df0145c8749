import pulumi_aidp as aidp

sign = aidp.WorkItem("sign", asset_url="https://pictures.example.com/sign.jpg")
aidp.WorkItemSignal(
    "reopen",
    work_item_ids=[sign.work_item_id],
    signal="reopen",
    feedback=["The box is too large."],
    triggers=["2026-12-01"],
)
