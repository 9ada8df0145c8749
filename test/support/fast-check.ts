import fc from "fast-check";

// Known seeds, so that a change is judged by what it changes. FC_SEED=… draws others.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });

export default fc;
