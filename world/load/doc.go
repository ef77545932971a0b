// Package load reads worlds from files.
package load
