import type { Client } from "../api/client.ts";

/** What is remembered by name for a client, which lives as long as the process. */
export function rememberedFor<T>(
  all: WeakMap<Client, Map<string, T>>,
  client: Client,
): Map<string, T> {
  const known = all.get(client) ?? new Map<string, T>();
  all.set(client, known);
  return known;
}

/** The answer that is remembered, or is asked for now. One that failed is asked for anew. */
export async function answerOf<T>(
  answers: Map<string, Promise<T>>,
  name: string,
  ask: () => Promise<T>,
): Promise<T> {
  const answer = answers.get(name) ?? ask();
  answers.set(name, answer);
  try {
    return await answer;
  } catch (error) {
    answers.delete(name);
    throw error;
  }
}
