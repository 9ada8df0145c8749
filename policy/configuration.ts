import analyzerService from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { got } from "../provider/lifecycle/fields.ts";
import { isObject } from "../provider/lifecycle/plain.ts";
import { didYouMean, showName } from "../provider/text/unknown-names.ts";
import { configurationError, type ListedRule, settingsProblem } from "./settings.ts";

// The configuration of a whole pack. The engine ignores levels of rules that the pack does not have, and a rule finds
// misspelt settings only once it runs, which for a rule on the stack is at the end of an update.

const levels = ["advisory", "mandatory", "remediate", "disabled"];

/** The name under which a configuration has the level of every rule. */
const everyRule = "all";

/** What is wrong with the configuration of a pack with these rules. */
export function configurationProblems(rules: readonly ListedRule[], config: object): string[] {
  const names = rules.map(({ name }) => name);
  return Object.entries(config).flatMap(([name, given]: [string, unknown]) => {
    const rule = rules.find((each) => each.name === name);
    if (rule === undefined && name !== everyRule) {
      return [`${showName(name)} is not a rule of this pack${didYouMean(name, names)}`];
    }
    const { enforcementLevel: level, ...settings } = isObject(given)
      ? given
      : { enforcementLevel: given };
    const problem = rule === undefined ? undefined : settingsProblem(rule, settings);
    return [...levelProblems(name, level), ...(problem === undefined ? [] : [problem])];
  });
}

function levelProblems(name: string, level: unknown): string[] {
  return level === undefined || levels.some((each) => each === level)
    ? []
    : [`the level of ${name} must be one of ${levels.join(", ")}, got ${got(level)}`];
}

/**
 * Has the pack of this process refuse a wrong configuration as soon as the engine passes it on. The SDK tells a pack only
 * the settings of its rules, so this looks at the messages. It must run before the pack is made.
 */
export function refuseWrongConfigurations(): void {
  const { getAnalyzerInfo, configure } = analyzerService.AnalyzerService;
  let rules: ListedRule[] = [];
  const { responseSerialize } = getAnalyzerInfo;
  getAnalyzerInfo.responseSerialize = (info) => {
    rules = info.getPoliciesList().map((rule) => ({
      name: rule.getName(),
      description: rule.getDescription(),
    }));
    return responseSerialize(info);
  };
  const { requestDeserialize } = configure;
  configure.requestDeserialize = (bytes) => {
    const request = requestDeserialize(bytes);
    const problems = configurationProblems(rules, settingsIn(request));
    if (problems.length > 0) {
      // An error that is thrown here would reach the engine without its text.
      request.getPolicyconfigMap = () => {
        throw configurationError(problems);
      };
    }
    return request;
  };
}

function settingsIn(request: messages.ConfigureAnalyzerRequest): object {
  const entries = [...request.getPolicyconfigMap().entries()].sort();
  return Object.fromEntries(
    entries.map(([rule, config]) => [rule, config.getProperties()?.toJavaScript() ?? {}]),
  );
}
