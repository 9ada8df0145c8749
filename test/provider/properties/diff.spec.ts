import assert from "node:assert/strict";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import fc from "../../support/fast-check.ts";
import { kinds } from "./inputs.ts";
import { reordered, withUnknown } from "./values.ts";

/** What a state has beside its inputs, where a diff looks at it. */
const outputsOf: Record<string, (inputs: Plain) => Plain> = {
  WorkItemSet: ({ items }) => {
    const keys = Object.keys(items as object);
    const all = (value: (key: string) => string) =>
      Object.fromEntries(keys.map((key) => [key, value(key)]));
    const files = keys.filter(
      (key) => JSON.parse(String((items as Plain)[key])).file !== undefined,
    );
    return {
      ids: JSON.stringify(all((key) => `id of ${key}`)),
      paths: JSON.stringify(Object.fromEntries(files.map((key) => [key, "uploads/1"]))),
      statusOf: JSON.stringify(all(() => "COMPLETED")),
    };
  },
  WorkItemSignal: ({ workItemId, workItemIds }) => ({
    signaledIds: JSON.stringify(
      workItemId === undefined ? Object.values(JSON.parse(String(workItemIds))) : [workItemId],
    ),
  }),
};

describe("provider: properties of diff", () => {
  for (const [kind, { provider, valid }] of Object.entries(kinds)) {
    const checked = async (news: Plain): Promise<Plain> => {
      const { inputs, failures } = await provider.check!({}, news);
      assert.deepEqual(failures, []);
      return inputs as Plain;
    };
    const stateOf = (inputs: Plain): Plain => ({ ...inputs, ...outputsOf[kind]?.(inputs) });
    const diff = async (olds: Plain, news: Plain) => {
      const { changes, replaces } = await provider.diff!("id", olds, news);
      return { changed: changes ?? true, replaces: replaces ?? [] };
    };

    it(`${kind}: is empty for equal inputs, in whichever order their keys are`, async () => {
      await fc.assert(
        fc.asyncProperty(valid, async (news) => {
          const inputs = await checked(news);
          const other = await checked(reordered(news));
          assert.deepEqual(await diff(stateOf(inputs), reordered(other)), {
            changed: false,
            replaces: [],
          });
        }),
      );
    });

    it(`${kind}: is the same with its sides swapped`, async () => {
      const two = valid.chain((one) =>
        fc.tuple(
          fc.constant(one),
          valid.chain((other) =>
            fc.constantFrom(other, { ...one, ...other }, { ...other, ...one }),
          ),
        ),
      );
      await fc.assert(
        fc.asyncProperty(two, async (pair) => {
          const found = await Promise.all(pair.map((news) => provider.check!({}, news)));
          fc.pre(found.every(({ failures }) => failures?.length === 0));
          const [one, other] = found.map(({ inputs }) => inputs as Plain) as [Plain, Plain];
          const [there, back] = [await diff(stateOf(one), other), await diff(stateOf(other), one)];
          assert.deepEqual(there, back);
        }),
      );
    });

    it(`${kind}: throws on nothing that check let pass, known or not`, async () => {
      const two = fc.tuple(
        valid,
        valid.chain((news) => withUnknown(news).filter((each) => typeof each === "object")),
      );
      await fc.assert(
        fc.asyncProperty(two, async ([one, other]) => {
          await diff(stateOf(await checked(one)), await checked(other as Plain));
        }),
      );
    });
  }
});
