import type { ApiError } from "../http/api-error.ts";
import type { JsonObject } from "../model.ts";
import { answering, type Dialect, ofBatches } from "./dialect.ts";

const everyList = ["listWorkItems", "listBatches", "listProjects", "listExports"];
const everyObject = ["createWorkItem", "createBatch", "updateBatch", "getProject", "getAnnotation"];
const changes = ["updateBatch", "setLabels", "signalWorkItem", "signalWorkItems"];
const creations = ["createWorkItem", "createBatch"];

/** Answers an error with another status; the body says the same. */
function instead(code: string, status: number): NonNullable<Dialect["error"]> {
  return (error) => ({
    status: error.body.error.code === code ? status : error.status,
    body: error.body,
  });
}

function words({ body }: ApiError): string {
  return body.error.message;
}

/** The form of answers and errors. */
export const answerDialects = {
  "created-200": {
    about: "creations answer 200",
    around: answering(creations, (answer) => ({ ...answer, status: 200 })),
  },
  "created-202-empty": {
    about: "a creation of a work item answers 202 without a body",
    around: answering(["createWorkItem"], () => ({ status: 202 })),
  },
  "created-id-only": {
    about: "a creation answers with the id and the status alone",
    around: answering(["createWorkItem"], ({ status, body }) => {
      const { id, status: now } = body as JsonObject;
      return { status, body: { id, status: now } };
    }),
  },
  "changes-204": {
    about: "changes of batches, labels and signals answer 204 without a body",
    around: answering(changes, () => ({ status: 204 })),
  },
  "data-envelope": {
    about: "every body is in an envelope, data",
    around: answering(
      [...everyList, ...everyObject, "createUploadUrls", "createReadUrls"],
      (answer) => ({
        ...answer,
        body: { data: answer.body },
      }),
    ),
  },
  "data-lists": {
    about: "the items of a list are named data",
    around: answering(everyList, (answer) => {
      const { items, ...body } = answer.body as JsonObject;
      return { ...answer, body: { ...body, data: items } };
    }),
  },
  "more-fields": {
    about: "objects have fields that nobody knows, and statuses have new values",
    around: answering([...ofBatches, "createWorkItem"], (answer) => ({
      ...answer,
      body: { ...(answer.body as JsonObject), priority: 0, links: [] },
    })),
  },
  "errors-text": {
    about: "errors are plain text",
    error: (error) => ({ status: error.status, text: words(error), type: "text/plain" }),
  },
  "errors-html": {
    about: "errors are a page",
    error: (error) => ({
      status: error.status,
      text: `<html><body><h1>${error.status}</h1><p>${words(error)}</p></body></html>`,
      type: "text/html",
    }),
  },
  "errors-problem": {
    about: "errors are application/problem+json",
    error: (error) => ({
      status: error.status,
      text: JSON.stringify({
        type: "about:blank",
        title: error.body.error.code,
        detail: words(error),
      }),
      type: "application/problem+json",
    }),
  },
  "name-taken-422": {
    about: "a name that is taken is refused by 422",
    error: instead("NAME_TAKEN", 422),
  },
  "name-taken-400": {
    about: "a name that is taken is refused by 400",
    error: instead("NAME_TAKEN", 400),
  },
  "signal-refused-422": {
    about: "a signal that is not allowed is refused by 422",
    error: instead("SIGNAL_NOT_ALLOWED", 422),
  },
  "unknown-400": {
    about: "an id that is unknown is refused by 400",
    error: instead("NOT_FOUND", 400),
  },
} satisfies Record<string, Dialect>;
