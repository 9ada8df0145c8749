// Shows what is wrong in the lines of manifests that a reviewer looks at: `node annotations.mjs github REPORT.json ROOT`
// prints commands of GitHub, and `gitlab` a report of code quality. ROOT is the folder of the repository.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const [format, reportFile, given] = process.argv.slice(2);
const root = realpathSync(given);
const report = existsSync(reportFile) ? read(reportFile) : undefined;
process.chdir(programFolder());
const findings = report === undefined ? [] : findingsOf(report);
process.stdout.write(format === "gitlab" ? codeQuality(findings) : findings.map(command).join(""));

/** The folder from which a program names its manifests: that of `main`, if the project has one. */
function programFolder() {
  const project = isFile("Pulumi.yaml") ? read("Pulumi.yaml") : "";
  const [, , main = "."] = /^main: *(["']?)(.+?)\1 *(#.*)?\r?$/m.exec(project) ?? [];
  return existsSync(main) && statSync(main).isDirectory() ? main : dirname(main);
}

/** Each message of the report at each line that it names, the most important ones first. */
function findingsOf(report) {
  const found = messagesOf(JSON.parse(report)).flatMap((message) =>
    placesOf(message.text).map((place) => ({
      ...message,
      ...place,
      file: inRepository(place.file),
    })),
  );
  const unique = new Map(found.map((each) => [JSON.stringify(each), each]));
  return [...unique.values()]
    .filter(({ file }) => !file.startsWith(".."))
    .sort((a, b) => Number(b.level === "error") - Number(a.level === "error"));
}

/** What a message names: lines of a manifest, or the place of the first item that breaks a rule. */
function placesOf(message) {
  const [, item, line] = /^\w+\[".+?"\] \((.+?), line (\d+)\): /.exec(message) ?? [];
  if (item === undefined) {
    return namedLines(message);
  }
  return isFile(item) ? [{ file: item, line: Number(line) }] : [];
}

function messagesOf({ failures, rules, warnings }) {
  return [
    ...failures.map(({ text }) => ({ level: "error", title: "Labeling", text })),
    ...rules.flatMap(({ rule, level, violations }) =>
      violations.map(({ text }) => ({
        level: level === "mandatory" ? "error" : "warning",
        title: rule,
        text,
      })),
    ),
    ...warnings.map(({ text }) => ({ level: "warning", title: "Labeling", text })),
  ];
}

/** The lines that a message names: `manifest items.csv: line 3: …; line 5: …`, or of a file beside the manifest. */
function namedLines(message) {
  const [, manifest, rest] = /\bmanifest (.+?): (.*\bline \d+.*)/s.exec(message) ?? [];
  if (manifest === undefined) {
    return [];
  }
  return rest.split("; ").flatMap((text) => {
    const [, beside, line] =
      /^()line (\d+)\b/.exec(text) ?? /^(.+?):? line (\d+)\b/s.exec(text) ?? [];
    const places = beside ? [join(manifest, beside), join(dirname(manifest), beside)] : [];
    const file = [...places, manifest].find((each) => isFile(each));
    return line === undefined || file === undefined ? [] : [{ file, line: Number(line), text }];
  });
}

function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}

function read(file) {
  return readFileSync(file, "utf8");
}

function inRepository(file) {
  return relative(root, realpathSync(file)).replaceAll(sep, "/");
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
