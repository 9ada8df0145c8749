import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";

/** A store's bucket `pictures`. */
interface Client {
  create(): Promise<unknown>;
  put(key: string, body: Buffer): Promise<unknown>;
  remove(key: string): Promise<unknown>;
}

/** A whole server of a store, which comes from a registry of packages. */
export interface BucketServer {
  scheme: string;
  name: string;
  /** Puts the server into the folder; false if it cannot be had. */
  install(folder: string): boolean;
  start(folder: string, port: number): ChildProcess;
  settings(url: string): Record<string, string>;
  /** A client, by the settings in the environment. */
  connect(url: string): Client;
  /** What a user reads about a bucket that is not there. */
  missing: RegExp;
}

const ran = (command: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, args, { env: { ...process.env, ...env } }).status === 0;

const key = Buffer.from("secret-of-the-bucket").toString("base64");

export const moto: BucketServer = {
  scheme: "s3",
  name: "S3",
  install: (folder) =>
    ran("python3", ["-m", "venv", join(folder, "venv")]) &&
    ran(join(folder, "venv", "bin", "python"), ["-m", "pip", "install", "-q", "moto[server]"]),
  start: (folder, port) =>
    spawn(join(folder, "venv", "bin", "moto_server"), ["-p", String(port)], { stdio: "ignore" }),
  settings: (url) => ({
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "key-of-the-bucket",
    AWS_SECRET_ACCESS_KEY: "secret-of-the-bucket",
  }),
  connect() {
    const client = new S3Client({ forcePathStyle: true });
    const Bucket = "pictures";
    return {
      create: () => client.send(new CreateBucketCommand({ Bucket })),
      put: (Key, Body) => client.send(new PutObjectCommand({ Bucket, Key, Body })),
      remove: (Key) => client.send(new DeleteObjectCommand({ Bucket, Key })),
    };
  },
  missing: /\(NoSuchBucket: .*\): check its name, AWS_REGION/,
};

export const fakeGcs: BucketServer = {
  scheme: "gs",
  name: "Google Cloud Storage",
  install: (folder) =>
    ran("go", ["install", "github.com/fsouza/fake-gcs-server@latest"], {
      GOBIN: folder,
      GOFLAGS: "-mod=mod",
    }),
  start(folder, port) {
    const args = ["-scheme", "http", "-host", "127.0.0.1", "-port", String(port)];
    const command = join(folder, "fake-gcs-server");
    return spawn(command, [...args, "-backend", "memory"], { stdio: "ignore" });
  },
  settings: (url) => ({ STORAGE_EMULATOR_HOST: url }),
  connect(url) {
    const send = async (method: string, path: string, body?: Buffer | string) => {
      const answer = await fetch(`${url}${path}`, { method, ...(body !== undefined && { body }) });
      if (!answer.ok) {
        throw new Error(`${method} ${path}: ${answer.status}`);
      }
    };
    return {
      create: () => send("POST", "/storage/v1/b?project=project", '{"name":"pictures"}'),
      put: (name, body) => {
        const query = new URLSearchParams({ uploadType: "media", name });
        return send("POST", `/upload/storage/v1/b/pictures/o?${query}`, body);
      },
      remove: (name) => send("DELETE", `/storage/v1/b/pictures/o/${encodeURIComponent(name)}`),
    };
  },
  missing: /\(Error: .*\): check its name, and the Application Default Credentials/,
};

export const azurite: BucketServer = {
  scheme: "az",
  name: "Azure Blob Storage",
  install: (folder) =>
    ran("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "azurite"]),
  start(folder, port) {
    const main = join(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");
    const place = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "--location", folder];
    const others = ["--silent", "--skipApiVersionCheck", "--disableTelemetry"];
    return spawn(process.execPath, [main, ...place, ...others], {
      stdio: "ignore",
      env: { ...process.env, AZURITE_ACCOUNTS: `account:${key}` },
    });
  },
  settings: (url) => ({
    AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=${key};BlobEndpoint=${url}/account`,
  }),
  connect() {
    const connection = process.env.AZURE_STORAGE_CONNECTION_STRING ?? "";
    const container =
      BlobServiceClient.fromConnectionString(connection).getContainerClient("pictures");
    return {
      create: () => container.create(),
      put: (name, body) => container.getBlockBlobClient(name).uploadData(body),
      remove: (name) => container.deleteBlob(name),
    };
  },
  missing: /\(ContainerNotFound: .*\): check its name, AZURE_STORAGE_ACCOUNT/,
};
