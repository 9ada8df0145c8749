// Shows what is wrong in the lines of manifests that a reviewer looks at: `node annotations.mjs github REPORT.json ROOT`
// prints commands of GitHub, and `gitlab` a report of code quality. ROOT is the folder of the repository.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const mostBytes = 64 * 1024 * 1024;

/** The manifests, once one is needed. */
let listed;

const [format, reportFile, root] = process.argv.slice(2);
const findings = existsSync(reportFile) ? findingsOf(read(reportFile)) : [];
process.stdout.write(format === "gitlab" ? codeQuality(findings) : findings.map(command).join(""));

/** Each message of the report at each line that it is about, the most important ones first. */
function findingsOf(report) {
  const { failures, rules, warnings } = JSON.parse(report);
  const told = (level, title) => (message) => ({ level, title, ...message });
  const messages = [
    ...failures.map(told("error", "Labeling")),
    ...rules.flatMap(({ rule, level, violations }) =>
      violations
        .map(({ text }) => ({ text: withoutDescription(text) }))
        .map(told(level === "mandatory" ? "error" : "warning", rule)),
    ),
    ...warnings.map(told("warning", "Labeling")),
  ];
  const found = messages.flatMap(({ text, ...rest }) => {
    const named = namedLines(text);
    const at = named.length > 0 ? named : keysOf(text).flatMap(placesOf);
    return at.map((place) => ({ ...rest, text, ...place }));
  });
  const isInside = ({ file }) => !file.startsWith("..");
  const unique = new Map(found.map((each) => [JSON.stringify(each), each]));
  return [...unique.values()]
    .map((each) => ({ ...each, file: inRepository(each.file) }))
    .filter(isInside)
    .sort((a, b) => Number(b.level === "error") - Number(a.level === "error"));
}

/** What breaks a rule: the engine puts the description of the rule into a line before it. */
function withoutDescription(text) {
  return text.slice(text.indexOf("\n") + 1);
}

/** The lines that a message names: `manifest items.csv: line 3: …; line 5: …`, or of a file beside the manifest. */
function namedLines(message) {
  const [, manifest, rest] = /\bmanifest (.+?): (.*\bline \d+.*)/s.exec(message) ?? [];
  if (manifest === undefined) {
    return [];
  }
  return rest.split("; ").flatMap((text) => {
    const [, beside, line] =
      /^(?:(.+?):? )?line (\d+)\b/.exec(text) ?? /()\bline (\d+)\b/.exec(text) ?? [];
    const places = beside ? [join(manifest, beside), join(dirname(manifest), beside)] : [];
    const file = [...places, manifest].find((each) => isFile(each));
    return line === undefined || file === undefined ? [] : [{ file, line: Number(line), text }];
  });
}

/** The keys of the items that a broken rule is about: `items["a"]: … (2 items break this rule: "a", "b")`. */
function keysOf(text) {
  const [, first] = /^\w+\["(.+?)"\]: /.exec(text) ?? [];
  const [, list = ""] = / break this rule: (".*)\)$/.exec(text) ?? [];
  const keys = [...list.matchAll(/"(.+?)"(?:, | and \d+ more|$)/g)].map(([, key]) => key);
  return first === undefined ? [] : [...new Set([first, ...keys])];
}

/** Where the manifests of the repository have a key. A key that is in two places is at neither. */
function placesOf(key) {
  listed ??= manifests();
  const found = listed.flatMap(({ file, lines }) =>
    lines.flatMap((text, index) => (hasKey(file, text, key) ? [{ file, line: index + 1 }] : [])),
  );
  return found.length === 1 ? found : [];
}

/** The manifests that the repository has in this folder. Without a repository there is nothing to show lines of. */
function manifests() {
  const listing = ["ls-files", "-z", "--", "*.jsonl", "*.ndjson", "*.csv", "*.json"];
  const { stdout } = spawnSync("git", ["-c", "safe.directory=*", ...listing], { encoding: "utf8" });
  return (stdout ?? "")
    .split("\0")
    .filter((file) => isFile(file) && statSync(file).size < mostBytes)
    .map((file) => ({ file, lines: read(file).split("\n") }));
}

/** Whether a line of a manifest is about an item. */
function hasKey(file, line, key) {
  if (!line.includes(key)) {
    return false;
  }
  if (file.endsWith(".csv")) {
    return line.split(",").some((cell) => cell.trim().replace(/^"(.*)"$/, "$1") === key);
  }
  const fields = file.endsWith(".json") ? ["file_name"] : ["key", "file", "assetUrl", "file_name"];
  return fields.some((field) => {
    const [, text] = new RegExp(`"${field}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(line) ?? [];
    return text !== undefined && JSON.parse(text) === key;
  });
}

function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}

function read(file) {
  return readFileSync(file, "utf8");
}

function inRepository(file) {
  return relative(realpathSync(root), realpathSync(resolve(file))).replaceAll(sep, "/");
}

function command({ level, file, line, title, text }) {
  const data = (value) =>
    value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (value) => data(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${level} file=${property(file)},line=${line},title=${property(title)}::${data(text)}\n`;
}

function codeQuality(found) {
  const entries = found.map(({ level, file, line, title, text }) => ({
    description: text,
    check_name: title,
    fingerprint: createHash("sha256").update(`${file}:${line}:${title}:${text}`).digest("hex"),
    severity: level === "error" ? "major" : "minor",
    location: { path: file, lines: { begin: line } },
  }));
  return `${JSON.stringify(entries, undefined, 2)}\n`;
}
