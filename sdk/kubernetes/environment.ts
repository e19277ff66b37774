// The environment of a container, as kubelet makes it: `envFrom` first, then `env` in order, each `$(NAME)`
// replaced by what is set before it (k8s.io/kubernetes/third_party/forked/golang/expansion).
//
// What only the cluster knows (a field of the pod's status, a Secret) is `${…}`: set, and unknown.

import type { SourceLocation } from "../compose/project.ts";
import type { Mapping } from "../compose/tree.ts";
import type { Budget } from "../runtime/limits.ts";
import type { Pod } from "./pods.ts";
import { at, isSameNamespace, mapsAt, type Resource, scalarsIn, textAt } from "./resource.ts";

/** Something that Kubernetes or Kafka does not take as it is meant. */
export interface EnvironmentFlaw {
  readonly kind: "not-text" | "undefined-reference";
  readonly variable: string;
  readonly value: string;
  /** What is referred to in vain. */
  readonly reference?: string;
  readonly location: SourceLocation;
}

/** Where a variable's value is written: a key of a ConfigMap, or an entry of a container's `env`. */
export interface WrittenVariable {
  readonly location: SourceLocation;
  /** From the resource's top. */
  readonly path: readonly (string | number)[];
  readonly key: string;
  /** Its place among the variables of `env`; null in a ConfigMap, where no `$(NAME)` is replaced. */
  readonly index: number | null;
}

/** A container's variables. */
export interface Environment {
  readonly environment: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, SourceLocation>>;
  /** Variables that come from a ConfigMap of the same files. */
  readonly mapped: ReadonlySet<string>;
  /** Where each value is written, if the files have it as it is. */
  readonly written: ReadonlyMap<string, WrittenVariable>;
  /** The first variable that is the pod's name, and its place in `env`; null where there is none. */
  readonly podName: { readonly name: string; readonly index: number } | null;
  /** ConfigMaps and Secrets whose variables are all taken and that are not in the files. */
  readonly missing: readonly { readonly kind: string; readonly name: string; location: SourceLocation }[];
  readonly flaws: readonly EnvironmentFlaw[];
}

interface Given {
  readonly container: Mapping;
  /** Where the container is, from the resource's top. */
  readonly path: readonly (string | number)[];
  readonly pod: Pod;
  readonly resources: readonly Resource[];
  /** What variables within variables are taken from. */
  readonly room: Budget;
}

/** What is read of a container so far; the later of two variables with one name counts. */
interface State {
  readonly environment: Map<string, string>;
  readonly variables: Map<string, SourceLocation>;
  readonly mapped: Set<string>;
  readonly written: Map<string, WrittenVariable>;
  readonly missing: Environment["missing"][number][];
  readonly flaws: EnvironmentFlaw[];
  set(name: string, value: string, location: SourceLocation): void;
}

/** Reads the variables of a container of a pod. */
export function environmentOf(given: Given): Environment {
  const environment = new Map<string, string>();
  const variables = new Map<string, SourceLocation>();
  const mapped = new Set<string>();
  const written = new Map<string, WrittenVariable>();
  const state: State = {
    environment,
    variables,
    mapped,
    written,
    missing: [],
    flaws: [],
    set: (name, value, location) => {
      environment.set(name, value);
      variables.set(name, location);
      mapped.delete(name);
      written.delete(name);
    },
  };
  addSources(given, state);
  const own = mapsAt(given.container, "env");
  own.forEach((one, index) => addVariable(one, index, given, state));
  const index = own.findIndex((one) => textAt(one, "valueFrom", "fieldRef", "fieldPath") === "metadata.name");
  return {
    environment: Object.fromEntries(environment),
    variables: Object.fromEntries(variables),
    mapped,
    written,
    podName: index === -1 ? null : { name: textAt(own[index], "name") ?? "", index },
    missing: state.missing,
    flaws: state.flaws,
  };
}

/** Every variable of the ConfigMaps and Secrets in `envFrom`. */
function addSources({ container, pod, resources }: Given, state: State): void {
  for (const source of mapsAt(container, "envFrom")) {
    const prefix = textAt(source, "prefix") ?? "";
    const of = at(source, "configMapRef") === undefined ? "secretRef" : "configMapRef";
    const kind = of === "secretRef" ? "Secret" : "ConfigMap";
    const name = textAt(source, of, "name") ?? "";
    const map = resourceOf(resources, { kind, name, pod });
    if (map === undefined) state.missing.push({ kind, name, location: source.location });
    const all = [...scalarsIn(at(map?.tree, "data")), ...scalarsIn(at(map?.tree, "stringData"))];
    for (const { key, value, isText, location } of all) {
      if (!isText) state.flaws.push({ kind: "not-text", variable: key, value, location });
      state.set(prefix + key, kind === "Secret" ? `\${${name}/${key}}` : value, location);
      state.mapped.add(prefix + key);
      if (kind === "ConfigMap" && prefix === "")
        state.written.set(key, { location, path: ["data"], key, index: null });
    }
  }
}

function addVariable(one: Mapping, index: number, { path, pod, resources, room }: Given, state: State): void {
  const variable = textAt(one, "name") ?? "";
  if (variable === "") return;
  const { location } = one;
  const value = at(one, "value");
  const from = at(one, "valueFrom");
  if (from?.kind === "map") {
    state.set(variable, referredTo(from, pod, resources), location);
    const written = keyReferredTo(from, pod, resources);
    if (written !== null) state.written.set(variable, written);
    return;
  }
  const text = value?.kind === "scalar" ? String(value.value) : "";
  if (value?.kind === "scalar" && typeof value.value !== "string")
    state.flaws.push({ kind: "not-text", variable, value: text, location });
  const expanded = expand(text, state.environment, room);
  // what a ConfigMap has that is not there may be set, and Services set *_SERVICE_HOST and *_PORT
  const isAll = state.missing.length === 0;
  const reference = expanded.lost.find((name) => isAll && !/_(HOST|PORT\w*)$/.test(name));
  if (reference !== undefined)
    state.flaws.push({ kind: "undefined-reference", variable, value: text, reference, location });
  state.set(variable, expanded.text, location);
  state.written.set(variable, { location, path: [...path, "env"], key: variable, index });
}

/** `$(NAME)` is replaced, `$$(NAME)` is `$(NAME)`, and what is not set stays; here as what is not known. */
export function expand(
  text: string,
  known: ReadonlyMap<string, string>,
  room: Budget,
): { readonly text: string; readonly lost: readonly string[] } {
  const lost: string[] = [];
  const expanded = text.replace(/\$\$|\$\(([^()\s]{1,200})\)/g, (_, name: string | undefined) => {
    if (name === undefined) return "$";
    const value = known.get(name);
    if (value === undefined) lost.push(name);
    room.spend(value?.length ?? 0);
    return value ?? `\${${name}}`;
  });
  return { text: expanded, lost };
}

interface Wanted {
  readonly kind: string;
  readonly name: string;
  readonly pod: Pick<Pod, "namespace">;
}

export function resourceOf(
  resources: readonly Resource[],
  { kind, name, pod }: Wanted,
): Resource | undefined {
  return resources.find(
    (one) => one.kind === kind && one.name === name && isSameNamespace(one.namespace, pod.namespace),
  );
}

function referredTo(from: Mapping, pod: Pod, resources: readonly Resource[]): string {
  const field = textAt(from, "fieldRef", "fieldPath");
  if (field !== undefined) return fieldOf(field, pod) ?? `\${${field}}`;
  const [map, key] = [textAt(from, "configMapKeyRef", "name"), textAt(from, "configMapKeyRef", "key")];
  if (map !== undefined && key !== undefined) {
    const found = textAt(resourceOf(resources, { kind: "ConfigMap", name: map, pod })?.tree, "data", key);
    return found ?? `\${${map}/${key}}`;
  }
  return "${valueFrom}";
}

/** The key of a ConfigMap of the files that a variable is taken from. */
function keyReferredTo(from: Mapping, pod: Pod, resources: readonly Resource[]): WrittenVariable | null {
  const [name, key] = [textAt(from, "configMapKeyRef", "name"), textAt(from, "configMapKeyRef", "key")];
  if (name === undefined || key === undefined) return null;
  const found = at(resourceOf(resources, { kind: "ConfigMap", name, pod })?.tree, "data", key);
  return found === undefined ? null : { location: found.location, path: ["data"], key, index: null };
}

function fieldOf(path: string, pod: Pod): string | null {
  switch (path) {
    case "metadata.name":
      return pod.isNamed ? pod.name : null;
    case "metadata.namespace":
      return pod.namespace;
    case "metadata.labels['apps.kubernetes.io/pod-index']":
      return pod.ordinal === null ? null : String(pod.ordinal);
    default: {
      const [, label] = /^metadata\.labels\['([^']+)'\]$/.exec(path) ?? [];
      return label === undefined ? null : (pod.labels[label] ?? null);
    }
  }
}
