import { crc32, deflateRawSync } from "node:zlib";

const version = 20;
const deflated = 8;
/** 1 January 1980, the first day that the format can express. */
const date = 0x21;

/** A ZIP archive with one text file. It is for small files only: no part of it may reach 4 GiB. */
export function zip(name: string, text: string): Buffer {
  const nameBytes = Buffer.from(name);
  const bytes = Buffer.from(text);
  const packed = deflateRawSync(bytes);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(version, 0);
  common.writeUInt16LE(deflated, 4);
  common.writeUInt16LE(date, 8);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(bytes.length, 18);
  common.writeUInt16LE(nameBytes.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, nameBytes, packed]);
  const directory = Buffer.concat([
    Buffer.from("PK\x01\x02"),
    Buffer.from([version, 0]),
    common,
    Buffer.alloc(14),
    nameBytes,
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}
