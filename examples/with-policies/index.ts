// A batch of work whose rules are in a policy pack of its own: see `policy/`.

import * as aidp from "pulumi-ai-data-platform";

const batch = new aidp.Batch("signs", {
  name: "vision-signs-2026-12 ",
  metadata: { owner: "vision-team" },
});

new aidp.WorkItemSet("signs", {
  batchId: batch.batchId,
  items: {
    crossing: {
      assetUrl: "https://pictures.example.com/crossing.jpg",
      labels: [{ bbox: [40, 30, 64, 64], metadata: { category: "stop sign" } }],
    },
    junction: { assetUrl: "https://pictures.example.com/junction.jpg", dueInSeconds: 14_400 },
  },
  defaults: { difficulty: 30 },
});
