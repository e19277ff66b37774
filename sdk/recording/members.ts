// What members an interface has, as a table says it.

/** The kind of a member of an interface. */
export type Member =
  | "promise" // a verb that promises a plain value
  | "promise once" // as promise; idempotent
  | "promise of a fault"
  | "value" // a synchronous verb
  | "promise of a watch"
  | "promise of a group"
  | "promise of a member"
  | "promise of a member's fault"
  | "member" // a synchronous verb that returns a member of a group
  | "load" // a synchronous verb that returns a load
  | "probe" // a synchronous verb that returns a probe
  | "reading" // a property whose value may change
  | "fact"; // a constant property

/** A member for each name. */
export type Surface<T> = { readonly [Name in Exclude<keyof T, symbol>]-?: Member };
