/** The one type of volume and what a GB of it costs, in US dollars (the API's own answer of 2025, as linodego's recorded test has it). */
export const volumeTypes = [
  {
    id: "volume",
    label: "Storage Volume",
    price: { hourly: 0.00015, monthly: 0.1 },
    region_prices: [
      { id: "id-cgk", hourly: 0.00018, monthly: 0.12 },
      { id: "br-gru", hourly: 0.00021, monthly: 0.14 },
    ],
    transfer: 0,
  },
] as const;
