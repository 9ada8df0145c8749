import type { JsonObject } from "../model.ts";
import { type Dialect, each, storing } from "./dialect.ts";

/** Changes the labels of a request, for a new work item or an existing one. */
function labels(change: (labels: JsonObject[]) => JsonObject[]): NonNullable<Dialect["around"]> {
  return storing(["createWorkItem", "setLabels"], (body) =>
    body.labels == null ? body : { ...body, labels: change(body.labels as JsonObject[]) },
  );
}

function rounded(digits: number): NonNullable<Dialect["around"]> {
  return labels((all) =>
    all.map(({ bbox, ...label }) => ({
      ...label,
      ...(Array.isArray(bbox) && { bbox: bbox.map((number) => Number(number.toFixed(digits))) }),
    })),
  );
}

/** What labels look like once they are stored. */
export const labelDialects = {
  "labels-with-ids": {
    about: "each label is answered with an id and a time",
    around: labels((all) =>
      all.map((label, index) => ({ id: `label-${index}`, createdAt: "2026-01-01", ...label })),
    ),
  },
  "labels-whole": {
    about: "coordinates of labels are rounded to whole pixels",
    around: rounded(0),
  },
  "labels-two-digits": {
    about: "coordinates of labels are rounded to two digits",
    around: rounded(2),
  },
  "labels-reordered": {
    about: "labels come back in another order",
    around: labels((all) => all.toReversed()),
  },
  "labels-without-metadata": {
    about: "labels are answered without their metadata",
    around: labels((all) => all.map(({ metadata: _, ...label }) => label)),
  },
  "labels-empty": {
    about: "an item without labels is answered with an empty list of them",
    around: each(["createWorkItem", "listWorkItems"], (item) => ({ labels: [], ...item })),
  },
} satisfies Record<string, Dialect>;
