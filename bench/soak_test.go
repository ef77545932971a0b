//go:build soak

package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/stshttp"
	"github.com/rolecall/rolecall/world"
	worldload "github.com/rolecall/rolecall/world/load"
)

var (
	soakFor   = flag.Duration("soak", time.Minute, "how long TestSoak takes")
	soakUsers = flag.Int("soak.users", 16, "how many clients TestSoak has")
)

// soakWorld is a world with a role that trusts, another that does only in the
// first of two worlds, and a third that is only there in the first.
const soakWorld = `
accounts:
  "555555555555":
    users:
      alice:
        accessKeys: [{id: AKIABENCH00000000001, secret: secret}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["sts:*", "iam:*"], Resource: "*"}]}
    roles:
      steady:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "555555555555"}, Action: "sts:AssumeRole"}]}
      flip:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: EFFECT, Principal: {AWS: "555555555555"}, Action: "sts:AssumeRole"}]}
      GHOST:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "555555555555"}, Action: "sts:AssumeRole"}]}
`

func soakWorldOf(t *testing.T, effect, ghost string) *world.World {
	t.Helper()
	w, problems := worldload.Parse("world.yaml", strings.NewReplacer("EFFECT", effect, "GHOST", ghost).Replace(soakWorld))
	if w == nil {
		t.Fatal(problems)
	}
	return w
}

// soak is a run: what was called, and what went wrong.
type soak struct {
	*client
	calls  [8]atomic.Int64
	errors chan error
}

// TestSoak serves under load while the world is loaded again and again: every
// answer must be one of those that the worlds allow, and memory must not grow.
func TestSoak(t *testing.T) {
	first, second := soakWorldOf(t, "Allow", "ghost"), soakWorldOf(t, "Deny", "other")
	service, err := sts.New(first, sts.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{client: newClient(t, stshttp.New(service, stshttp.Options{})), errors: make(chan error, 100)}
	ctx, cancel := context.WithTimeout(t.Context(), *soakFor)
	defer cancel()
	var users sync.WaitGroup
	for i := range *soakUsers {
		users.Go(func() { s.use(ctx, mathrand.New(mathrand.NewPCG(uint64(i), 7))) })
	}
	reloads := 0
	users.Go(func() {
		for ctx.Err() == nil {
			reloads++
			if err := service.SetWorld([]*world.World{second, first}[reloads%2]); err != nil {
				s.fail("a reload: %w", err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	samples := s.watch(ctx)
	users.Wait()
	for i, name := range kindNames {
		t.Logf("%8d %s", s.calls[i].Load(), name)
	}
	t.Logf("%8d reloads; live heap in MB, goroutines: %v", reloads, samples)
	close(s.errors)
	for err := range s.errors {
		t.Error(err)
	}
	grown(t, samples)
}

// sample is what a process holds at a moment.
type sample struct {
	heapMB     float64
	goroutines int
}

func (s sample) String() string { return fmt.Sprintf("%.1f/%d", s.heapMB, s.goroutines) }

// watch takes ten samples of the run.
func (s *soak) watch(ctx context.Context) []sample {
	var list []sample
	ticker := time.NewTicker(*soakFor / 11)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return list
		case <-ticker.C:
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			list = append(list, sample{float64(m.HeapAlloc) / (1 << 20), runtime.NumGoroutine()})
		}
	}
}

// grown compares the ends of the run.
func grown(t *testing.T, samples []sample) {
	t.Helper()
	if len(samples) < 6 {
		t.Fatal("too short a run")
	}
	low := func(list []sample) sample {
		return sample{
			slices.MinFunc(list, func(a, b sample) int { return int(1000 * (a.heapMB - b.heapMB)) }).heapMB,
			slices.MinFunc(list, func(a, b sample) int { return a.goroutines - b.goroutines }).goroutines,
		}
	}
	from, to := low(samples[:3]), low(samples[len(samples)-3:])
	if to.heapMB > 1.5*from.heapMB+4 || to.goroutines > 2*from.goroutines+16 {
		t.Errorf("it grew from %v to %v", from, to)
	}
}

func (s *soak) fail(format string, args ...any) {
	select {
	case s.errors <- fmt.Errorf(format, args...):
	default:
	}
}

// kinds of what a client does.
var kindNames = [...]string{
	"sessions that say who they are", "roles that come and go", "sessions of roles that come and go", "wrong secrets", "changed tokens",
	"malformed requests", "broken connections", "simulations",
}

// use makes calls until the run ends.
func (s *soak) use(ctx context.Context, random *mathrand.Rand) {
	kinds := [...]func(*mathrand.Rand){s.steady, s.flip, s.ghost, s.wrong, s.changed, s.malformed, s.broken, s.simulate}
	for ctx.Err() == nil {
		kind := random.IntN(len(kinds))
		kinds[kind](random)
		s.calls[kind].Add(1)
	}
}

// expect makes a call whose answer must be among some: "200 TEXT" or "STATUS
// CODE".
func (s *soak) expect(who signer, form string, allowed ...string) (answer string, ok bool) {
	status, answer, err := s.call(&who, form)
	if err != nil {
		s.fail("%s: %w", form, err)
		return "", false
	}
	for _, a := range allowed {
		var wantStatus int
		var text string
		if _, err := fmt.Sscanf(a, "%d %s", &wantStatus, &text); err != nil {
			panic(err)
		}
		if status == wantStatus && strings.Contains(answer, text) {
			return answer, status == http.StatusOK
		}
	}
	s.fail("%s: %d %s, want one of %q", form, status, answer, allowed)
	return "", false
}

func assume(role string, name string) string {
	return "Action=AssumeRole&Version=2011-06-15&RoleSessionName=" + name + "&RoleArn=arn%3Aaws%3Aiam%3A%3A" + stsAccount + "%3Arole%2F" + role
}

func sessionOf(answer string) signer {
	return signer{between(answer, "AccessKeyId"), between(answer, "SecretAccessKey"), between(answer, "SessionToken")}
}

func (s *soak) steady(random *mathrand.Rand) {
	name := fmt.Sprintf("run-%d", random.Uint32())
	arn := "arn:aws:sts::" + stsAccount + ":assumed-role/steady/" + name
	if answer, ok := s.expect(stsSigner, assume("steady", name), "200 <Arn>"+arn+"</Arn>"); ok {
		s.expect(sessionOf(answer), identityForm, "200 <Arn>"+arn+"</Arn>")
	}
}

func (s *soak) flip(*mathrand.Rand) {
	s.expect(stsSigner, assume("flip", "run"), "200 assumed-role/flip/run", "403 <Code>AccessDenied</Code>")
}

func (s *soak) ghost(*mathrand.Rand) {
	if answer, ok := s.expect(stsSigner, assume("ghost", "run"), "200 assumed-role/ghost/run", "403 <Code>AccessDenied</Code>"); ok {
		s.expect(sessionOf(answer), identityForm, "200 assumed-role/ghost/run", "403 <Code>InvalidClientTokenId</Code>")
	}
}

func (s *soak) wrong(*mathrand.Rand) {
	s.expect(signer{key: stsKey, secret: "other"}, identityForm, "403 <Code>SignatureDoesNotMatch</Code>")
}

func (s *soak) changed(random *mathrand.Rand) {
	answer, ok := s.expect(stsSigner, assume("steady", "run"), "200 assumed-role/steady/run")
	if !ok {
		return
	}
	who := sessionOf(answer)
	token := []byte(who.token)
	at := 20 + random.IntN(len(token)-20)
	if token[at] == 'A' {
		token[at] = 'B'
	} else {
		token[at] = 'A'
	}
	who.token = string(token)
	s.expect(who, identityForm, "403 <Code>InvalidClientTokenId</Code>")
}

func (s *soak) malformed(random *mathrand.Rand) {
	forms := [...][2]string{
		{"", "400 <Code>MissingAction</Code>"},
		{"Action=%zz", "400 <Code>ValidationError</Code>"},
		{identityForm + "&Action=x", "400 <Code>ValidationError</Code>"},
		{identityForm + strings.Repeat("&x=1", 3000), "400 <Code>ValidationError</Code>"},
		{"Action=" + strings.Repeat("x", stshttp.MaxBody), "413 <Code>RequestEntityTooLarge</Code>"},
		{assume("steady", "a%20b"), "400 <Code>ValidationError</Code>"},
		{assume("steady", "ana") + "&DurationSeconds=x", "400 <Code>ValidationError</Code>"},
		{"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=ana&WebIdentityToken=a.b.c&RoleArn=arn%3Aaws%3Aiam%3A%3A555555555555%3Arole%2Fx", "400 <Code>InvalidIdentityToken</Code>"},
	}
	form := forms[random.IntN(len(forms))]
	s.expect(stsSigner, form[0], form[1])
}

// broken sends bytes that are no request, or half of one, and goes away.
func (s *soak) broken(random *mathrand.Rand) {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).Dial("tcp", s.host)
	if err != nil {
		s.fail("a connection: %w", err)
		return
	}
	noise := make([]byte, random.IntN(2000))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	texts := [...]string{string(noise), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nAct", "GET / HTTP/9.9\r\n\r\n", ""}
	_, err = conn.Write([]byte(texts[random.IntN(len(texts))]))
	if err := errors.Join(err, conn.Close()); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		s.fail("a broken connection: %w", err)
	}
}

func (s *soak) simulate(*mathrand.Rand) {
	// Signed for STS, so that it is refused before anything is simulated.
	s.expect(stsSigner, "Action=SimulateCustomPolicy&Version=2010-05-08", "403 <Code>SignatureDoesNotMatch</Code>")
}
