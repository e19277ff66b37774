// A test that cannot run on this machine says so: the runner prints the reason and counts it as skipped, not
// as passed.

/** Says why the test that runs cannot run here; it returns after this. */
export function skip(why: string): void {
  console.log(`\nskipped: ${why}`); // uvu has begun the line with its marks
}
