/**
 * A disk in memory that fails on purpose: the n-th operation gives an error, or takes the power away. What was not
 * synced may be lost then, wholly or in part, in any order: files may be empty, short or wrong, names may be missing or
 * back again.
 */

import type { Files } from "../../src/store/files.ts";
import { randomBits } from "./kill.ts";

interface Inode {
  bytes: Uint8Array;
  synced: boolean;
}

/** A directory: its names now, and those that are certain. */
interface Directory {
  names: Map<string, Inode | "directory">;
  certain: Map<string, Inode | "directory">;
}

export interface Fault {
  /** The operation that fails, from 1 on. */
  readonly at: number;
  /** A code of the system, or the power. */
  readonly kind: "EIO" | "ENOSPC" | "power";
  /** Whether all later ones fail too. */
  readonly forever?: boolean;
}

const errorOf = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

const split = (path: string): [directory: string, name: string] => {
  const at = path.lastIndexOf("/");
  return [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
};

export class Disk {
  operations = 0;
  /** Set before a run. */
  fault: Fault | undefined;
  /** Whether it says that names are certain when they are not, as some disks do. */
  lies = false;
  private readonly directories = new Map<string, Directory>([["", { names: new Map(), certain: new Map() }]]);
  private dead = false;

  /** The disk after the power came back. */
  restart(seed: number): void {
    const random = randomBits(seed);
    this.dead = false;
    this.fault = undefined;
    for (const directory of this.directories.values()) {
      // Each change since the last sync may or may not have reached the disk.
      const names = new Map(directory.certain);
      for (const name of new Set([...directory.names.keys(), ...directory.certain.keys()])) {
        const [now, before] = [directory.names.get(name), directory.certain.get(name)];
        const kept = random() < 0.5 ? now : before;
        if (kept) names.set(name, kept);
        else names.delete(name);
      }
      directory.names = names;
      directory.certain = new Map(names);
      for (const entry of names.values()) if (entry !== "directory" && !entry.synced) tear(entry, random);
    }
    for (const path of this.directories.keys()) if (path !== "" && !this.reaches(path)) this.directories.delete(path);
  }

  /** Files by path, but for those of writers. */
  contents(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    for (const [path, { names }] of this.directories) {
      for (const [name, entry] of names) {
        if (entry !== "directory" && path !== ".lanewise")
          found.set(path === "" ? name : `${path}/${name}`, entry.bytes);
      }
    }
    return found;
  }

  /** Changes a file by hand. */
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const inode = this.inode(path) as Inode;
    inode.bytes = change(inode.bytes.slice());
  }

  readonly files: Files = {
    read: async (path) => this.step(() => this.inode(path)?.bytes.slice()),
    size: async (path) => this.step(() => this.inode(path)?.bytes.length),
    list: async (path) => this.step(() => [...(this.directories.get(path)?.names.keys() ?? [])]),
    makeDirectory: async (path) => {
      if (this.directories.has(path)) return this.step(() => undefined);
      const [above, name] = split(path);
      this.step(() => {
        this.directories.set(path, { names: new Map(), certain: new Map() });
        this.directory(above).names.set(name, "directory");
      });
      this.sync(above);
    },
    create: async (path, parts) => {
      const [above, name] = split(path);
      const inode: Inode = { bytes: new Uint8Array(), synced: false };
      this.step(() => {
        if (this.directory(above).names.has(name)) throw errorOf("EEXIST");
        this.directory(above).names.set(name, inode);
      });
      this.step(() => {
        inode.bytes = new Uint8Array(Buffer.concat(parts));
      });
      this.step(() => {
        inode.synced = true;
      });
    },
    link: async (from, to) =>
      this.step(() => {
        const [above, name] = split(to);
        if (this.directory(above).names.has(name)) throw errorOf("EEXIST");
        this.directory(above).names.set(name, this.inode(from) as Inode);
      }),
    rename: async (from, to) =>
      this.step(() => {
        const [fromAbove, fromName] = split(from);
        const [above, name] = split(to);
        const inode = this.inode(from);
        if (!inode) throw errorOf("ENOENT");
        this.directory(above).names.set(name, inode);
        this.directory(fromAbove).names.delete(fromName);
      }),
    remove: async (path) =>
      this.step(() => {
        const [above, name] = split(path);
        this.directories.get(above)?.names.delete(name);
        for (const below of this.directories.keys()) {
          if (below === path || below.startsWith(`${path}/`)) this.directories.delete(below);
        }
      }),
    syncDirectory: async (path) => this.sync(path),
  };

  private sync(path: string): void {
    this.step(() => {
      const directory = this.directory(path);
      if (!this.lies) directory.certain = new Map(directory.names);
    });
  }

  private step<T>(act: () => T): T {
    this.operations++;
    const { at, kind, forever = false } = this.fault ?? { at: 0, kind: "EIO" };
    if (this.dead) throw errorOf("EIO");
    if (at > 0 && (this.operations === at || (forever && this.operations > at))) {
      if (kind === "power") this.dead = true;
      throw errorOf(kind === "power" ? "EIO" : kind);
    }
    return act();
  }

  private directory(path: string): Directory {
    const directory = this.directories.get(path);
    if (!directory) throw errorOf("ENOENT");
    return directory;
  }

  private inode(path: string): Inode | undefined {
    const [above, name] = split(path);
    const entry = this.directories.get(above)?.names.get(name);
    return entry === "directory" ? undefined : entry;
  }

  private reaches(path: string): boolean {
    const [above, name] = split(path);
    return this.directories.get(above)?.names.get(name) === "directory" && (above === "" || this.reaches(above));
  }
}

/** What an unsynced file may look like after the power was gone. */
function tear(inode: Inode, random: () => number): void {
  const length = Math.floor(random() * (inode.bytes.length + 1));
  inode.bytes = random() < 0.3 ? new Uint8Array(inode.bytes.length) : inode.bytes.slice(0, length);
  inode.synced = true;
}
