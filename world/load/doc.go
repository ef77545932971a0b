// Package load reads worlds from files, and writes them.
//
// # What is read
//
// A world file says what IAM, Organizations and STS know about some accounts,
// in YAML or JSON; docs/world-format.md describes it. A folder of such files is
// one world, merged by account. The output of
// `aws iam get-account-authorization-details` is a world by itself, or a part
// of one: as the command prints it, with documents that are URL-encoded as the
// API sends them, in one piece or in pages.
//
// [File] reads from disk, [FS] from any file system, such as an embedded one,
// [Reader] and [Parse] read what is no file. A policy that many roles name by
// its file is read, and compiled, once.
//
// # One reading path
//
// Everything is JSON to the code that reads it. YAML is rewritten as JSON first,
// and what is rewritten knows where it came from: every problem, and every
// statement that decides something, is shown by the line and column of the YAML
// file. Of YAML, anchors, aliases and merge keys are understood, and a scalar
// keeps its text wherever text is wanted: an account id without quotation marks
// is the id.
//
// # Problems
//
// All problems are found in one go. Unknown keys are refused; whatever names
// something that the world does not hold is refused by [world.New], at the
// place where it stands. Problems of warning severity do not prevent a world.
//
// # What is not known
//
// Authorization details leave out managed policies that are only used as
// boundaries, groups that a filter dropped, and the rest of a page. The
// documents of such policies and groups are unknown: decisions that they could
// change are conditional. A last page that is missing is the first warning of
// the list, of code INCOMPLETE.
//
// # Bounds
//
// A file may have 256 MiB and 16 million values, a YAML file 16 MiB and aliases
// that make four times as much of it, all files together 1 GiB. Values may be
// nested 64 deep, a folder may have 10,000 files, a world 500,000 users, groups,
// roles and policies with 5 million statements in force, and a list of an
// identity 1,000 items. Files that a document names are below its folder.
package load
