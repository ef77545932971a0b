package sts

import (
	"sync"
	"time"
)

// codeMemory remembers which MFA codes were used: of each device the last
// steps, for as long as their codes would be good. It is bounded by the
// devices of the world.
type codeMemory struct {
	mutex sync.Mutex
	used  map[string]usedSteps
	// clean is the number of devices at which old entries are dropped.
	clean int
}

// usedSteps are the steps of a device whose codes were used: the latest one and
// a bit for each of those before it.
type usedSteps struct {
	latest int64
	before uint8
}

// use takes a step of a device, and reports false if it was used before.
func (m *codeMemory) use(device string, step int64, now time.Time) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.used == nil {
		m.used, m.clean = map[string]usedSteps{}, 1024
	}
	u, known := m.used[device]
	switch age := u.latest - step; {
	case !known:
		m.forget(now)
		u.latest = step
	case age == 0:
		return false
	case age > 0:
		bit := uint8(1) << min(age-1, 7)
		if u.before&bit != 0 {
			return false
		}
		u.before |= bit
	default:
		u.before = uint8((uint64(u.before)<<1 | 1) << min(-age-1, 8))
		u.latest = step
	}
	m.used[device] = u
	return true
}

// forget drops the devices whose last code can no longer be good, whenever
// there are many.
func (m *codeMemory) forget(now time.Time) {
	if len(m.used) < m.clean {
		return
	}
	for device, u := range m.used {
		if u.latest < stepOf(now)-2*codeWindow {
			delete(m.used, device)
		}
	}
	m.clean = 2*len(m.used) + 1024
}

// tradeMemory remembers which delegations were traded in. It is bounded by the
// delegations of the world.
type tradeMemory struct {
	mutex sync.Mutex
	used  map[string]bool
}

// use takes a token, and reports false if it was used before.
func (m *tradeMemory) use(token string) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.used[token] {
		return false
	}
	if m.used == nil {
		m.used = map[string]bool{}
	}
	m.used[token] = true
	return true
}

// keep forgets the tokens that are not among these.
func (m *tradeMemory) keep(tokens map[string]*delegation) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for token := range m.used {
		if tokens[token] == nil {
			delete(m.used, token)
		}
	}
}
