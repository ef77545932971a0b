// Command table reads the output of the peers' benchmarks and prints how many
// times faster rolecall is, one line a workload. Of several runs of a benchmark
// the fastest counts.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// results holds ns/op by workload and engine, each in order of appearance.
type results struct {
	workloads, engines []string
	ns                 map[[2]string]float64
}

func run(in io.Reader, out io.Writer) error {
	r := results{ns: map[[2]string]float64{}}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		fmt.Fprintln(os.Stderr, lines.Text())
		r.add(lines.Text())
	}
	if len(r.ns) == 0 {
		return fmt.Errorf("no benchmark in the input")
	}
	r.print(out)
	return lines.Err()
}

// add reads a line such as "BenchmarkDecide/w1/minio-2  1000  3023 ns/op ...".
func (r *results) add(line string) {
	fields := strings.Fields(line)
	if len(fields) < 4 || fields[3] != "ns/op" {
		return
	}
	name, _, _ := strings.Cut(fields[0], "-"+strconv.Itoa(processors(fields[0])))
	parts := strings.Split(name, "/")
	ns, err := strconv.ParseFloat(fields[2], 64)
	if len(parts) != 3 || err != nil {
		return
	}
	key := [2]string{parts[1], parts[2]}
	if !slices.Contains(r.workloads, parts[1]) {
		r.workloads = append(r.workloads, parts[1])
	}
	if !slices.Contains(r.engines, parts[2]) {
		r.engines = append(r.engines, parts[2])
	}
	if old, ok := r.ns[key]; !ok || ns < old {
		r.ns[key] = ns
	}
}

// processors gives the number behind the last hyphen of a benchmark's name.
func processors(name string) int {
	n, _ := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
	return n
}

func (r *results) print(out io.Writer) {
	fmt.Fprint(out, "| workload |")
	for _, e := range r.engines {
		fmt.Fprintf(out, " %s |", e)
	}
	fmt.Fprintln(out, "\n|"+strings.Repeat(" --- |", len(r.engines)+1))
	for _, w := range r.workloads {
		own := r.ns[[2]string{w, "rolecall"}]
		fmt.Fprintf(out, "| %s |", w)
		for _, e := range r.engines {
			ns, ok := r.ns[[2]string{w, e}]
			switch {
			case !ok:
				fmt.Fprint(out, " |")
			case e == "rolecall":
				fmt.Fprintf(out, " %.0f ns |", ns)
			case ns < own*10:
				fmt.Fprintf(out, " %.0f ns (%.1fx) |", ns, ns/own)
			default:
				fmt.Fprintf(out, " %.0f ns (%.0fx) |", ns, ns/own)
			}
		}
		fmt.Fprintln(out)
	}
}
