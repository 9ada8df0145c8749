import type { Project, Tenant } from "../model.ts";
import type { Database } from "./database.ts";

const tenantColumns = `company_id AS companyId, id AS spaceId, name AS spaceName,
  api_key AS apiKey, user_id AS userId`;
const selectProjects = `SELECT projects.id, space_id AS spaceId, company_id AS companyId,
  projects.name, description, data_type AS dataType, created_at AS createdAt
  FROM projects JOIN spaces ON spaces.id = space_id`;

/** Companies, their spaces (each with one key) and their projects. The seed makes them, and nothing changes them. */
export class Tenants {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  companies(): Array<{ id: string; name: string }> {
    return this.#database.all("SELECT id, name FROM companies ORDER BY rowid");
  }

  list(): Tenant[] {
    return this.#database.all(`SELECT ${tenantColumns} FROM spaces ORDER BY rowid`);
  }

  byKey(apiKey: string): Tenant | undefined {
    return this.#database.get(`SELECT ${tenantColumns} FROM spaces WHERE api_key = ?`, apiKey);
  }

  bySpace(spaceId: string): Tenant | undefined {
    return this.#database.get(`SELECT ${tenantColumns} FROM spaces WHERE id = ?`, spaceId);
  }

  project(projectId: string): Project | undefined {
    return this.#database.get(`${selectProjects} WHERE projects.id = ?`, projectId);
  }

  projects(): Project[] {
    return this.#database.all(`${selectProjects} ORDER BY projects.rowid`);
  }

  projectsOf(spaceId: string): Project[] {
    return this.#database.all(
      `${selectProjects} WHERE space_id = ? ORDER BY projects.rowid`,
      spaceId,
    );
  }
}
