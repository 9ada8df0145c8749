import pulumi_aidp as aidp

signs = aidp.Batch("signs", name="vision-signs-2026-12")
aidp.BatchSignal("release", batch_id=signs.batch_id, signal="release", triggers=[1])
