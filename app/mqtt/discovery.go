package mqtt

import (
	"fmt"
	"path"
	"strings"

	"handlens/app/slug"
)

// discoveryPrefix is where Home Assistant looks unless it is told otherwise.
const discoveryPrefix = "homeassistant"

// entity describes one thing to Home Assistant: a message of its MQTT discovery
// (home-assistant.io/integrations/mqtt). Names are shown as they are; templates hold slugs only.
type entity struct {
	Name          string   `json:"name"`
	UniqueID      string   `json:"unique_id"`
	StateTopic    string   `json:"state_topic"`
	ValueTemplate string   `json:"value_template,omitempty"`
	DeviceClass   string   `json:"device_class,omitempty"`
	StateClass    string   `json:"state_class,omitempty"`
	Icon          string   `json:"icon,omitempty"`
	EventTypes    []string `json:"event_types,omitempty"`
	Availability  string   `json:"availability_topic"`
	Device        device   `json:"device"`
	Origin        origin   `json:"origin"`
}

type device struct {
	Identifiers  []string `json:"identifiers"`
	Name         string   `json:"name"`
	Manufacturer string   `json:"manufacturer"`
	Model        string   `json:"model,omitempty"`
	Via          string   `json:"via_device,omitempty"`
}

type origin struct {
	Name    string `json:"name"`
	Version string `json:"sw_version"`
}

// described is an entity with the topic of its description.
type described struct {
	topic  string
	entity entity
}

// describer describes what one computer tells.
type describer struct {
	base, node, computer, version string
}

func (d describer) status() string { return path.Join(d.base, "status") }

func (d describer) phoneTopic(name string) string {
	return path.Join(d.base, "phone",
		slug.Of(name))
}

func (d describer) ruleTopic(name string) string { return path.Join(d.base, "rule", slug.Of(name)) }

// id names something of this computer for good.
func (d describer) id(parts ...string) string {
	return strings.Join(append([]string{"handlens", d.node}, parts...), "_")
}

func (d describer) make(kind, id string, e entity) described {
	e.UniqueID, e.Availability = id, d.status()
	e.Origin = origin{Name: "Handlens", Version: d.version}
	e.Device.Manufacturer = "Handlens"
	return described{path.Join(discoveryPrefix, kind, id, "config"), e}
}

// phone describes a phone: whether it is here, and what it counts.
func (d describer) phone(p Phone, seen []string) []described {
	at := slug.Of(p.Name)
	dev := device{
		Identifiers: []string{d.id(at)}, Name: p.Name, Model: "Phone", Via: d.id(),
	}
	topic := d.phoneTopic(p.Name)
	all := []described{d.make("binary_sensor", d.id(at, "connected"), entity{
		Name: "Connected", StateTopic: topic, DeviceClass: "connectivity", Device: dev,
		ValueTemplate: "{{ 'ON' if value_json.connected else 'OFF' }}",
	})}
	number := func(id, name, icon, class, value string) {
		all = append(all, d.make("sensor", d.id(at, id), entity{
			Name: name, StateTopic: topic, StateClass: class, Icon: icon, Device: dev,
			ValueTemplate: "{{ value_json." + value + " | default(0) }}",
		}))
	}
	for _, label := range seen {
		s := slug.Of(label)
		number("object_"+s, label, "mdi:eye", "measurement", fmt.Sprintf("objects['%s']", s))
	}
	for _, r := range p.Regions[:min(len(p.Regions), maxRegions)] {
		s := slug.Of(r.Name)
		if r.Line {
			for _, way := range []string{"in", "out"} {
				number("line_"+s+"_"+way, r.Name+" "+way, "mdi:counter", "total_increasing",
					fmt.Sprintf("lines['%s']['%s']", s, way))
			}
			continue
		}
		number("zone_"+s, r.Name, "mdi:select-group", "measurement",
			fmt.Sprintf("zones['%s'].inside", s))
	}
	return all
}

// rule describes a rule, of the computer itself.
func (d describer) rule(name string) described {
	return d.make("event", d.id("rule", slug.Of(name)), entity{
		Name: name, StateTopic: d.ruleTopic(name), EventTypes: []string{"fired"},
		Icon:   "mdi:bell",
		Device: device{Identifiers: []string{d.id()}, Name: "Handlens on " + d.computer},
	})
}
