// Shows what is wrong in the lines of manifests that a reviewer looks at: `node annotations.mjs github REPORT.json ROOT`
// prints commands of GitHub, and `gitlab` a report of code quality. ROOT is the folder of the repository.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const mostBytes = 64 * 1024 * 1024;

const [format, reportFile, root] = process.argv.slice(2);
const findings = existsSync(reportFile) ? findingsOf(read(reportFile)) : [];
process.stdout.write(format === "gitlab" ? codeQuality(findings) : findings.map(command).join(""));

/** Each message of the report at each line that it is about, the most important ones first. */
function findingsOf(report) {
  const messages = messagesOf(JSON.parse(report));
  const places = placesOf(new Set(messages.flatMap(({ text }) => keysOf(text))));
  const found = messages.flatMap((message) => {
    const named = namedLines(message.text);
    const keys = named.length > 0 ? [] : keysOf(message.text);
    const at = [...named, ...keys.flatMap((key) => places.get(key) ?? [])];
    return at.map((place) => ({ ...message, ...place, file: inRepository(place.file) }));
  });
  const unique = new Map(found.map((each) => [JSON.stringify(each), each]));
  return [...unique.values()]
    .filter(({ file }) => !file.startsWith(".."))
    .sort((a, b) => Number(b.level === "error") - Number(a.level === "error"));
}

function messagesOf({ failures, rules, warnings }) {
  return [
    ...failures.map(({ text }) => ({ level: "error", title: "Labeling", text })),
    ...rules.flatMap(({ rule, level, violations }) =>
      violations.map(({ text }) => ({
        level: level === "mandatory" ? "error" : "warning",
        title: rule,
        text: withoutDescription(text),
      })),
    ),
    ...warnings.map(({ text }) => ({ level: "warning", title: "Labeling", text })),
  ];
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

/** Where the manifests of the repository have these keys. A key that is in two places is at neither. */
function placesOf(keys) {
  const found = new Map([...keys].map((key) => [key, []]));
  // One file at a time, as there may be many and large ones.
  for (const file of keys.size > 0 ? manifests() : []) {
    for (const [index, text] of read(file).split("\n").entries()) {
      for (const key of keys) {
        if (hasKey(file, text, key)) {
          found.get(key).push({ file, line: index + 1 });
        }
      }
    }
  }
  return new Map([...found].filter(([, places]) => places.length === 1));
}

/** The manifests that the repository has in this folder. Without a repository there is nothing to show lines of. */
function manifests() {
  const listing = ["ls-files", "-z", "--", "*.jsonl", "*.ndjson", "*.csv", "*.json"];
  const { stdout } = spawnSync("git", ["-c", "safe.directory=*", ...listing], { encoding: "utf8" });
  const files = (stdout ?? "").split("\0");
  return files.filter((file) => isFile(file) && statSync(file).size < mostBytes);
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
