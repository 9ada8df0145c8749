// What a user writes without a library: a dynamic provider made of closures, one resource an item.
import * as pulumi from "@pulumi/pulumi";
import { dueInSeconds, itemsOf } from "./items.ts";

type Properties = Record<string, unknown>;

interface Answer {
  id: string;
  status: string;
}

const work: pulumi.dynamic.ResourceProvider = {
  async create(inputs: Properties) {
    const answer = await fetch(
      `${process.env.AIDP_BASE_URL}/projects/${inputs.projectId}/workItems`,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-api-key": process.env.AIDP_API_KEY ?? "",
        },
        body: JSON.stringify(inputs.item),
      },
    );
    if (!answer.ok) {
      throw new Error(`${answer.status}: ${await answer.text()}`);
    }
    const { id, status } = (await answer.json()) as Answer;
    return { id, outs: { ...inputs, status } };
  },

  async read(id: string, properties: Properties) {
    const answer = await fetch(
      `${process.env.AIDP_BASE_URL}/projects/${properties.projectId}/workItems?workItemIDs=${id}`,
      { headers: { "x-api-key": process.env.AIDP_API_KEY ?? "" } },
    );
    if (!answer.ok) {
      throw new Error(`${answer.status}: ${await answer.text()}`);
    }
    const { items } = (await answer.json()) as { items: Answer[] };
    const [item] = items;
    return item === undefined ? { id: "" } : { id, props: { ...properties, status: item.status } };
  },

  async update(id: string, _olds: Properties, news: Properties) {
    const item = news.item as { labels: unknown };
    const answer = await fetch(
      `${process.env.AIDP_BASE_URL}/projects/${news.projectId}/workItems/${id}/labels`,
      {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          "x-api-key": process.env.AIDP_API_KEY ?? "",
        },
        body: JSON.stringify({ labels: item.labels }),
      },
    );
    if (!answer.ok) {
      throw new Error(`${answer.status}: ${await answer.text()}`);
    }
    return { outs: news };
  },

  async delete(id: string, properties: Properties) {
    const answer = await fetch(
      `${process.env.AIDP_BASE_URL}/projects/${properties.projectId}/workItems/signal`,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-api-key": process.env.AIDP_API_KEY ?? "",
        },
        body: JSON.stringify({ signal: "cancel", workItems: [{ workItemID: id }] }),
      },
    );
    if (!answer.ok) {
      throw new Error(`${answer.status}: ${await answer.text()}`);
    }
  },
};

class WorkItem extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: Properties) {
    super(work, name, { ...inputs, status: undefined });
  }
}

const projectId = process.env.AIDP_PROJECT_ID;
for (const [key, item] of Object.entries(itemsOf(process.env))) {
  new WorkItem(key, { projectId, item: { assetType: "image", dueInSeconds, ...item } });
}
