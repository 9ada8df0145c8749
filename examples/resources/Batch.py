import pulumi_aidp as aidp

aidp.Batch("signs", name="vision-signs-2026-12", metadata={"owner": "vision-team"})
