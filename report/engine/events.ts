import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import runtime from "@pulumi/pulumi/runtime/index.js";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { open } from "../../provider/pulumi/contents.ts";
import { unpacked } from "../../provider/pulumi/packing.ts";
import { withContents } from "../../provider/pulumi/properties.ts";
import type { Message, RuleReport } from "../model.ts";

const { specialSecretSig, specialSigKey } = runtime;

/** The placeholder for a secret value. */
export const secret = "[secret]";

/** A resource before or after a step. */
export interface Side {
  inputs: Plain;
  outputs: Plain;
}

/** What the engine does with a resource. */
export interface Step {
  urn: string;
  type: string;
  /** `create`, `update`, `replace`, `delete`, `same`, or another operation of the engine. */
  op: string;
  parent: string;
  old?: Side;
  new?: Side;
  /** The paths of the properties that the engine found changed, including secret ones. */
  changed: string[];
  /** Whether its last update failed in part: then the engine has the inputs of before, and the outputs of now. */
  isUndone?: boolean;
  /** Whether it only leaves the stack, by `retainOnDelete`: the provider is not asked to end anything. */
  isRetained?: boolean;
}

/** What the engine said during a preview or a refresh. */
export interface Heard {
  /** Whether the engine began. If not, nothing can be said about the stack. */
  began: boolean;
  steps: Step[];
  rules: RuleReport[];
  failures: Message[];
  warnings: Message[];
  /** What processes wrote to stderr before the engine began: why a policy pack did not start. */
  startOutput: string;
}

/** Steps that only repeat what the step of the whole replacement says. */
const parts = new Set(["create-replacement", "delete-replaced", "refresh", "discard-replaced"]);
/** The engine's last message after another error, which was the actual reason. */
const endings = new Set(["preview failed", "update failed", "refresh failed"]);

/** The engine passes no link to the page about a rule, so the rules of our pack end with it. */
const endingInUrl = /^(.*)\n(https:\/\/[\w./#-]+)$/s;

type PolicyEvent = NonNullable<EngineEvent["policyEvent"]> & { severity?: string };

/** Listens to the engine's events, and keeps what a report needs. */
export class Listener {
  readonly heard: Heard = {
    began: false,
    steps: [],
    rules: [],
    failures: [],
    warnings: [],
    startOutput: "",
  };

  hear({ preludeEvent, resOutputsEvent, policyEvent, diagnosticEvent }: EngineEvent): void {
    if (preludeEvent !== undefined) {
      this.heard.began = true;
    }
    if (resOutputsEvent !== undefined) {
      this.#step(resOutputsEvent.metadata);
    }
    if (policyEvent !== undefined) {
      this.#violation(policyEvent);
    }
    if (diagnosticEvent !== undefined) {
      this.#diagnostic(diagnosticEvent);
    }
  }

  #step(metadata: NonNullable<EngineEvent["resOutputsEvent"]>["metadata"]): void {
    const { op, urn, type, detailedDiff, diffs } = metadata;
    if (parts.has(op)) {
      return;
    }
    const before = sideOf(metadata.old);
    const after = sideOf(metadata.new);
    this.heard.steps.push({
      urn,
      type,
      op,
      parent: (metadata.new ?? metadata.old)?.parent ?? "",
      ...(before !== undefined && { old: before }),
      ...(after !== undefined && { new: after }),
      changed: detailedDiff == null ? (diffs ?? []) : Object.keys(detailedDiff),
      ...((metadata.old?.initErrors ?? []).length > 0 && { isUndone: true }),
      ...(op === "delete" && metadata.old?.retainOnDelete === true && { isRetained: true }),
    });
  }

  #violation(event: NonNullable<EngineEvent["policyEvent"]>): void {
    // The types of the SDK lack the severity.
    const { policyName: rule, policyPackName: pack, resourceUrn, severity } = event as PolicyEvent;
    const level: string = event.enforcementLevel;
    const [, text = event.message, url] = endingInUrl.exec(event.message.trim()) ?? [];
    const known = this.heard.rules.find(
      (each) => each.rule === rule && each.pack === pack && each.level === level,
    );
    const found = known ?? {
      rule,
      pack,
      level,
      ...(severity !== undefined && { severity }),
      ...(url !== undefined && { url }),
      violations: [],
    };
    if (known === undefined) {
      this.heard.rules.push(found);
    }
    found.violations.push(message(withoutDescription(text), resourceUrn));
  }

  #diagnostic({ severity, message: text, urn, ephemeral }: Diagnostic): void {
    if (severity === "info#err" && !this.heard.began) {
      this.heard.startOutput += text;
    }
    // Debug messages repeat all properties, including secret ones in plain text.
    if (ephemeral === true || (severity !== "error" && severity !== "warning")) {
      return;
    }
    if (endings.has(text.trim())) {
      return;
    }
    const list = severity === "error" ? this.heard.failures : this.heard.warnings;
    list.push(message(text, urn));
  }
}

/** What is wrong, without the description of the rule that the engine puts into a line before it. */
function withoutDescription(text: string): string {
  return text.split("\n").slice(1).join("\n").trim() || text;
}

type Diagnostic = NonNullable<EngineEvent["diagnosticEvent"]>;

function message(text: string, resource: string | undefined): Message {
  return { text: text.trim(), ...(resource !== undefined && resource !== "" && { resource }) };
}

/** The engine sends null where its TypeScript types say undefined. */
function sideOf(state: { inputs?: Plain; outputs?: Plain } | null | undefined): Side | undefined {
  if (state == null) {
    return undefined;
  }
  const inputs = withoutMarks(state.inputs ?? {}) as Plain;
  const outputs = unpacked(withoutMarks(state.outputs ?? {}) as Plain);
  // This machine need not be the one that checked the inputs of before: the outputs have what became of them.
  return { inputs: withContents(inputs, (digest, name) => open(digest) ?? outputs[name]), outputs };
}

/** Replaces the marks that the engine puts where it leaves out secrets. */
function withoutMarks(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withoutMarks);
  }
  if ((value as Plain)[specialSigKey] === specialSecretSig) {
    return secret;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutMarks(each)]));
}
