// A copy of an argument: plain data only. A getter is read once, and what was checked is what is used.

/** More than any options have; a value from a program's mistake may be of any size. */
const MOST_NODES = 200_000;
const MOST_LEVELS = 32;

/**
 * Copies plain objects and lists with all that is in them; an option that is `undefined` is left out.
 * Everything else (a function, a signal, a probe, an instance of a class) stays as it is: the schema says
 * whether it may be there.
 *
 * @param asIs keys of the value itself whose values stay as they are, too
 * @throws Error saying which part cannot be read
 */
export function copyOf(value: unknown, name: string, asIs: readonly string[] = []): unknown {
  let nodes = 0;
  const above: unknown[] = [];

  function copy(one: unknown, where: string): unknown {
    if (typeof one !== "object" || one === null) return one;
    const isList = reading(where, () => Array.isArray(one));
    if (!isList && !reading(where, () => isPlain(one) && !isHandle(one))) return one;
    if (above.includes(one)) throw new Error(`${where} contains itself, expected plain data`);
    if (above.length >= MOST_LEVELS) throw new Error(`${where} is nested too deeply, expected plain data`);
    above.push(one);
    const own = isList ? copyList(one as unknown[], where) : copyObject(one, where);
    above.pop();
    return own;
  }

  function copyList(list: readonly unknown[], where: string): unknown[] {
    const length = reading(where, () => list.length);
    count(where, length);
    return Array.from({ length }, (_, at) => {
      const position = `${where}[${at}]`;
      return copy(
        reading(position, () => list[at]),
        position,
      );
    });
  }

  function copyObject(object: object, where: string): unknown {
    const keys = reading(where, () => Reflect.ownKeys(object));
    count(where, keys.length);
    const pairs: [string, unknown][] = [];
    for (const key of keys) {
      if (typeof key === "symbol") throw new Error(`${where} has a symbol as a key, expected plain data`);
      const position = `${where}.${key}`;
      const one = reading(position, () => (object as Record<string, unknown>)[key]);
      if (one !== undefined)
        pairs.push([key, above.length === 1 && asIs.includes(key) ? one : copy(one, position)]);
    }
    return Object.fromEntries(pairs);
  }

  function count(where: string, more: number): void {
    nodes += more;
    if (!(nodes <= MOST_NODES))
      throw new Error(`${where} is too large, expected at most ${MOST_NODES} values`);
  }

  return copy(value, name);
}

function reading<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${where} cannot be read: ${said(cause)}`, { cause });
  }
}

function said(cause: unknown): string {
  try {
    return cause instanceof Error ? String(cause.message) : String(cause);
  } catch {
    return "what it throws cannot be read either";
  }
}

/**
 * An object literal of this realm or another (a notebook's cells may have one), or an object without
 * prototype.
 */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether it is a probe: one is passed on as it is. */
export function isHandle(value: object): boolean {
  return typeof (value as { send?: unknown }).send === "function";
}
