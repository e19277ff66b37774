// Names of the cluster's DNS: a Service's, and below a StatefulSet's Service a pod's.
//
//   kafka-0 . kafka-headless . shop . svc.cluster.local
//   pod       Service          namespace          (each part from the right may be left out)
//
// Source: Kubernetes, DNS for Services and Pods; a pod has a name below the Service that its `subdomain`
// names, which is `serviceName` for a StatefulSet's.

import type { SourceLocation } from "../compose/project.ts";
import type { Pod, Workload } from "./pods.ts";
import { at, countAt, isSameNamespace, mapsAt, type Resource, selects, textAt, textsIn } from "./resource.ts";

/** A Service, also one that an operator makes. */
export interface Service {
  readonly name: string;
  readonly namespace: string | null;
  /** `clusterIP: None`: its name leads to the pods, and ports are the pods' own. */
  readonly isHeadless: boolean;
  /** Whether pods that are not ready have an address, too. */
  readonly publishesNotReady: boolean;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  readonly location: SourceLocation;
  readonly resource: Resource;
}

/** A port of a Service and the pods' port that it leads to, by number or by name. */
export interface ServicePort {
  readonly port: number;
  readonly target: string;
}

/** What a name leads to. */
export type Resolved =
  | { readonly kind: "service"; readonly service: Service }
  | { readonly kind: "pod"; readonly pod: Pod }
  /** Sure to have no address; `isSure` is false where a file that was not given may have it. */
  | { readonly kind: "nothing"; readonly why: string; readonly isSure: boolean; readonly better: string }
  | { readonly kind: "unknown" };

/** The Services among resources. */
export function servicesOf(resources: readonly Resource[]): Service[] {
  return resources
    .filter(({ kind, apiVersion }) => kind === "Service" && apiVersion === "v1")
    .map((resource) => ({ ...resource, resource }))
    .map(({ name, namespace, annotations, tree, location, resource }) => ({
      name,
      namespace,
      resource,
      publishesNotReady:
        textAt(tree, "spec", "publishNotReadyAddresses") === "true" ||
        annotations["service.alpha.kubernetes.io/tolerate-unready-endpoints"] === "true",
      isHeadless: textAt(tree, "spec", "clusterIP") === "None",
      selector: textsIn(at(tree, "spec", "selector")),
      ports: mapsAt(tree, "spec", "ports").flatMap((one) => {
        const port = countAt(one, "port");
        return port === undefined ? [] : [{ port, target: textAt(one, "targetPort") ?? String(port) }];
      }),
      location,
    }));
}

/** The names of a pod in the cluster, the longest that is sure first. */
export function namesOf({ name, isNamed, subdomain, namespace }: Pod): string[] {
  if (!isNamed || subdomain === null) return [];
  const short = `${name}.${subdomain}`;
  if (namespace === null) return [short];
  const inNamespace = `${short}.${namespace}`;
  return [short, inNamespace, `${inNamespace}.svc`, `${inNamespace}.svc.cluster.local`];
}

/** What names are looked up in. */
export interface Names {
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
  readonly workloads: readonly Workload[];
}

/** Looks a name up as a pod of a namespace does. */
export function resolve(host: string, namespace: string | null, names: Names): Resolved {
  const whole = host.replace(/\.$/, "").split(".");
  const end = whole.indexOf("svc");
  const parts = end > 1 ? whole.slice(0, end) : whole;
  if (parts.length > 3 || end > 3) return { kind: "unknown" };
  const [first = "", second, third] = parts;
  const service = (name: string, of: string | null): Service | undefined =>
    names.services.find((one) => one.name === name && isSameNamespace(one.namespace, of));
  if (second === undefined) {
    const found = service(first, namespace);
    return found === undefined ? alone(first, namespace, names) : { kind: "service", service: found };
  }
  if (third === undefined) {
    const found = service(first, second);
    if (found !== undefined) return { kind: "service", service: found };
    return end > 1 ? { kind: "unknown" } : podBelow([first, second, namespace], names);
  }
  return podBelow([first, second, third], names);
}

/** A name of one part that no Service has. */
function alone(name: string, namespace: string | null, { pods, services }: Names): Resolved {
  const pod = pods.find(
    (one) => one.isNamed && one.name === name && isSameNamespace(one.namespace, namespace),
  );
  if (pod === undefined) return elsewhere(name, namespace, services);
  const below = pod.subdomain;
  return {
    kind: "nothing",
    why:
      `a pod's name alone is not in the cluster's DNS` +
      (below === null ? "" : `: ${name} is ${name}.${below}`),
    isSure: services.some((one) => one.name === below),
    better: below === null ? "" : `${name}.${below}`,
  };
}

/** A Service of that name in another namespace; another file may have one in the client's, too. */
function elsewhere(name: string, namespace: string | null, services: readonly Service[]): Resolved {
  const other = services.find((one) => one.name === name && one.namespace !== null)?.namespace;
  if (other == null || namespace === null) return { kind: "unknown" };
  return {
    kind: "nothing",
    why: `a name alone is looked up in namespace ${namespace}, and Service ${name} is in ${other}`,
    isSure: false,
    better: `${name}.${other}`,
  };
}

function podBelow(
  [name, subdomain, namespace]: readonly [string, string, string | null],
  { pods, workloads }: Names,
): Resolved {
  const pod = pods.find(
    (one) => one.isNamed && one.name === name && isSameNamespace(one.namespace, namespace),
  );
  if (pod !== undefined) {
    if (pod.subdomain === subdomain) return { kind: "pod", pod };
    if (pod.subdomain === null || pod.workload.resource.kind !== "StatefulSet") return { kind: "unknown" };
    return {
      kind: "nothing",
      why:
        `the pods of StatefulSet ${pod.workload.resource.name} have names below its serviceName ` +
        `${pod.subdomain}, not below ${subdomain}`,
      isSure: true,
      better: `${name}.${pod.subdomain}`,
    };
  }
  const [, base, ordinal] = /^(.+)-(\d{1,9})$/.exec(name) ?? [];
  const set = workloads.find(
    ({ resource, serviceName }) =>
      resource.kind === "StatefulSet" &&
      resource.name === base &&
      serviceName === subdomain &&
      isSameNamespace(resource.namespace, namespace),
  );
  if (set === undefined || ordinal === undefined || !set.isCounted) return { kind: "unknown" };
  return {
    kind: "nothing",
    why:
      `StatefulSet ${base} has ${set.replicas} ${set.replicas === 1 ? "pod" : "pods"}, and ` +
      `${name} is none`,
    isSure: true,
    better: "",
  };
}

/** The pods that a Service leads to. */
export function selectedBy(service: Service, pods: readonly Pod[]): Pod[] {
  return pods.filter(
    (pod) => isSameNamespace(pod.namespace, service.namespace) && selects(service.selector, pod.labels),
  );
}
