// Command plot reads the output of BenchmarkSizes and draws ns/op against the
// number of statements as an SVG, both axes logarithmic. Of several runs of a
// size the fastest counts.
//
//	go test ./bench -run '^$' -bench Sizes -count 5 | go run ./bench/plot > docs/sizes.svg
package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"regexp"
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

func run(in io.Reader, out io.Writer) error {
	points, err := read(in)
	if err != nil {
		return err
	}
	if len(points) < 2 {
		return fmt.Errorf("no benchmark of sizes in the input")
	}
	_, err = io.WriteString(out, draw(points))
	return err
}

var line = regexp.MustCompile(`^BenchmarkSizes/([0-9]+)(?:-[0-9]+)?\s+[0-9]+\s+([0-9.]+) ns/op`)

// read gives the least ns/op of each number of statements.
func read(in io.Reader) (map[int]float64, error) {
	points := map[int]float64{}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		m := line.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, err
		}
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, err
		}
		if old, ok := points[n]; !ok || ns < old {
			points[n] = ns
		}
	}
	return points, lines.Err()
}

// The drawing, in pixels. A decade is as long on both axes.
const (
	decade = 110
	left   = 70
	top    = 30
)

func draw(points map[int]float64) string {
	sizes := slices.Sorted(maps.Keys(points))
	columns := int(math.Ceil(math.Log10(float64(sizes[len(sizes)-1]))))
	const lowest, rows = 1, 3 // 10 ns to 10 us
	width, bottom := left+columns*decade+40, top+rows*decade
	x := func(n int) float64 { return left + math.Log10(float64(n))*decade }
	y := func(ns float64) float64 { return float64(bottom) - (math.Log10(ns)-lowest)*decade }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, bottom+50)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, bottom+50)
	for i := range columns + 1 {
		at := left + i*decade
		fmt.Fprintf(&b, `<path d="M%d %dV%d" stroke="#ddd"/><text x="%d" y="%d" text-anchor="middle">%.0f</text>`+"\n", at, top, bottom, at, bottom+18, math.Pow10(i))
	}
	for i, label := range []string{"10 ns", "100 ns", "1 µs", "10 µs"} {
		at := bottom - i*decade
		fmt.Fprintf(&b, `<path d="M%d %dH%d" stroke="#ddd"/><text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left, at, left+columns*decade, left-8, at+4, label)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">statements, over 300 services</text>`+"\n", left+columns*decade/2, bottom+40)
	fmt.Fprintf(&b, `<text x="%d" y="18">time of one decision, prepared request</text>`+"\n", left)
	var path []string
	for _, n := range sizes {
		path = append(path, fmt.Sprintf("%.1f,%.1f", x(n), y(points[n])))
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="#06c"/><text x="%.1f" y="%.1f" text-anchor="middle" fill="#06c">%.0f</text>`+"\n", x(n), y(points[n]), x(n), y(points[n])-8, points[n])
	}
	fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="#06c" stroke-width="2"/>`+"\n</svg>\n", strings.Join(path, " "))
	return b.String()
}
