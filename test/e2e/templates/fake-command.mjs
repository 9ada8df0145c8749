// Stands in for a command: notes its call beside itself, and gives the answer prepared for it there.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, command, ...args] = process.argv.slice(2);
const line = [command, ...args].join(" ");

/** The texts of files that are named as `@file` or `field=@file`, since they are gone afterwards. */
const files = args
  .map((arg) => /@(\/.+)$/.exec(arg)?.[1])
  .filter((file) => file !== undefined && existsSync(file))
  .map((file) => readFileSync(file, "utf8"));

const secrets = Object.keys(process.env)
  .filter(
    (name) =>
      /^(AIDP_API_KEY|GH_TOKEN|LABELING_GITLAB_TOKEN|PULUMI_.*)$/.test(name) &&
      process.env[name] !== "",
  )
  .sort();
appendFileSync(
  join(folder, "calls.jsonl"),
  `${JSON.stringify({ command, args, line, files, secrets })}\n`,
);

const answers = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8"));
const answer = answers.find(({ call }) => new RegExp(call).test(line)) ?? {};
if (answer.report !== undefined) {
  const { report, json = { failures: [], rules: [], warnings: [] } } = answer;
  const texts = { markdown: report, json: JSON.stringify(json), html: "<!doctype html>" };
  for (const [option, text] of Object.entries(texts)) {
    const index = args.indexOf(`--${option}`);
    if (index !== -1) {
      writeFileSync(args[index + 1], text);
    }
  }
}
process.stdout.write(answer.stdout ?? "");
process.exitCode = answer.code ?? 0;
