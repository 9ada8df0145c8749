// Preloaded into the emulator: it ends when the demo does, even when the demo is killed.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
