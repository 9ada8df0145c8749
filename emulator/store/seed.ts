import { randomBytes, randomUUID } from "node:crypto";
import type { Database } from "./database.ts";

// Two spaces of one company and one space of another: enough to check that a key opens only its own space.
const companies = [
  {
    name: "Company A",
    spaces: [
      { name: "Roads", projects: ["Vehicles", "Road signs"] },
      { name: "Fields", projects: ["Crops"] },
    ],
  },
  { name: "Company B", spaces: [{ name: "Shelves", projects: ["Products"] }] },
];

/** Fills an empty data folder. IDs and keys are random, and stay the same for the life of the folder. */
export function seed(database: Database): void {
  database.transaction(() => {
    if (database.get("SELECT 1 FROM companies LIMIT 1") !== undefined) {
      return;
    }
    database.run(
      "INSERT INTO secrets VALUES ('urlSigning', ?)",
      randomBytes(32).toString("base64url"),
    );
    for (const company of companies) {
      const companyId = randomUUID();
      database.run("INSERT INTO companies VALUES (?, ?)", companyId, company.name);
      for (const space of company.spaces) {
        seedSpace(database, companyId, space.name, space.projects);
      }
    }
  });
}

function seedSpace(
  database: Database,
  companyId: string,
  spaceName: string,
  projectNames: string[],
): void {
  const spaceId = randomUUID();
  const userId = randomUUID();
  const apiKey = `emulator-${randomBytes(24).toString("base64url")}`;
  database.run(
    "INSERT INTO spaces VALUES (?, ?, ?, ?, ?)",
    spaceId,
    companyId,
    spaceName,
    apiKey,
    userId,
  );
  for (const projectName of projectNames) {
    const projectId = randomUUID();
    const now = database.now();
    database.run(
      "INSERT INTO projects VALUES (?, ?, ?, ?, 'image, image_sequence', ?)",
      projectId,
      spaceId,
      projectName,
      `${projectName}, a project of the emulator`,
      now,
    );
    database.run(
      `INSERT INTO batches (project_id, name, created_by, created_at, metadata)
       VALUES (?, 'Default', ?, ?, '{}')`,
      projectId,
      userId,
      now,
    );
  }
}
