// Package scenario tests IAM policies by what they allow: files of tests, the
// runner, coverage and mutation. docs/test-format.md describes the files.
//
// # What goes in
//
// A [Loader] reads test files into [Suite]s: a world or bare policies, tests,
// and invariants over the graph of roles. All that can be wrong with a file is
// told when it is loaded, at its place: names that nothing in the world has,
// expressions of the wrong type, keys that do not exist.
//
// # What comes out
//
// [Run] runs the tests of many suites on all processors and gives a [Result]
// for each in the order of the files: passed, or what was expected and what
// came instead, with the statements behind it.
//
// # Who calls
//
// A test that only asks what somebody may do asks the world. A test that
// assumes roles calls the STS service of package sts, with identity providers
// made for the run: whatever keys the world has for an OIDC or SAML provider,
// the run replaces them by its own, since nobody else can sign with the real
// ones. Users get access keys and MFA devices in the same way.
//
// # Coverage and mutation
//
// [Coverage] tells which statements and conditions of the policies ever decided
// a test. [Mutate] weakens the policies one step at a time and names the
// changes that no test noticed.
//
// # The same again
//
// Nothing depends on the clock, on chance or on the order in which tests
// happen to run.
package scenario
