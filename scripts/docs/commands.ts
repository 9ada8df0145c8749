import yargs from "yargs";
import { aidp, commands } from "../../cli/aidp.ts";

const width = 110;

/** The page about the command line: what each command's `--help` prints. */
export async function commandsPage(): Promise<string> {
  const helps = await Promise.all(
    commands.map(async ({ command, describe }) => {
      const [name = ""] = String(command).split(" ");
      const help = await aidp(yargs([name]))
        .wrap(width)
        .getHelp();
      return `## aidp ${name}\n\n${describe}.\n\n\`\`\`text\n${withoutCommon(help)}\n\`\`\``;
    }),
  );
  return [
    "<!-- Made by `npm run docs` from the commands' own help: change that instead. -->",
    "# The command `aidp`",
    "`npx aidp <command>` runs in a project that has the package. Elsewhere npx asks the registry for another package, one\nnamed `aidp`; `npx --no -- aidp <command>` installs none. `npx aidp completion` prints a script that completes commands\nand options in bash and zsh. There are no colours where the output is no terminal, or with `NO_COLOR=1`.",
    "## Which settings a command takes",
    settingsText,
    ...helps,
  ]
    .join("\n\n")
    .concat("\n");
}

const settingsText = [
  "`status`, `results`, `import` and `doctor` take what their options say, then the settings `aidp:*` of a stack, then the",
  "environment (`AIDP_API_KEY` and the like), each setting by itself. The stack is",
  "",
  "1. that of `--stack`, else of `PULUMI_STACK`;",
  "2. none, where the environment has `AIDP_API_KEY` and there is a project, in `AIDP_PROJECT_ID` or by `--project`;",
  "3. else the selected stack of the Pulumi project in `--cwd`, as `preview` and `drift` take it. In a folder that is none,",
  "   the environment alone.",
].join("\n");

/** The help without the name, the description and the options that every command has. */
function withoutCommon(help: string): string {
  const [name = "", ...rest] = help.split("\n\n");
  const options = rest
    .slice(1)
    .join("\n\n")
    .split("\n")
    .filter((line) => !/^ +--(version|help) /.test(line));
  return [name, options.join("\n")].join("\n\n");
}
